using System.Globalization;
using RaftAkka.Hosting;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Up;

/// <summary>The HOCON files of a local cluster.</summary>
internal static class UpFiles
{
    public const string Client = "client.conf";

    private const string Shared = "cluster.conf";
    private const string Host = "127.0.0.1";

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    /// <summary>The ports of the nodes, in their order, or null where the directory has no cluster yet.</summary>
    public static IReadOnlyList<int>? PortsIn(string directory)
    {
        var file = Path.Combine(directory, Shared);
        if (!File.Exists(file)) return null;

        return [.. RaftConfigFile.Load(Path.Combine(directory, $"{Id(1)}.conf")).NodeSettings().Members.Select(Port)];
    }

    public static void Write(string directory, IReadOnlyList<int> ports)
    {
        for (var number = 1; number <= ports.Count; number++)
            Replace(directory, $"{Id(number)}.conf", $$"""
                # Server {{Id(number)}} of a cluster that 'raftakka up' made.
                include "{{Shared}}"
                raft {
                  id = {{Id(number)}}
                  data-directory = "{{Id(number)}}"
                }
                """);

        var addresses = ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}")).ToArray();
        Replace(directory, Client, $$"""
            # For clients of a cluster that 'raftakka up' made.
            raft {
              cluster-id = {{ClientTarget.DefaultCluster}}
              client.seeds = [{{string.Join(", ", addresses.Select(address => $"\"{address}\""))}}]
            }
            """);

        // Last, because it tells that the directory has a cluster.
        Replace(directory, Shared, $$"""
            # What the servers of a cluster that 'raftakka up' made have in common.
            # It writes its files again, with other ports, where somebody else has taken one in the meantime.
            raft {
              cluster-id = {{ClientTarget.DefaultCluster}}
              # They all move together.
              member-addresses = file
              members = [
            {{string.Join("\n", addresses.Select((address, at) => $"    {{ id = {Id(at + 1)}, address = \"{address}\" }}"))}}
              ]
            }
            """);
    }

    private static int Port(MemberAddress member) =>
        int.Parse(member.Address.AsSpan(member.Address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    private static void Replace(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path + ".new", text + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}
