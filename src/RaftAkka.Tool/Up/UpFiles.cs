using System.Globalization;
using Akka.Configuration;
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

        var members = ConfigurationFactory.ParseString(File.ReadAllText(file)).GetConfig("raft.members");
        var ports = new List<int>();
        while (members.HasPath(Id(ports.Count + 1)))
        {
            var address = members.GetString(Id(ports.Count + 1));
            ports.Add(int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture));
        }
        return ports;
    }

    public static void Write(string directory, IReadOnlyList<int> ports)
    {
        for (var number = 1; number <= ports.Count; number++)
            Replace(directory, $"{Id(number)}.conf", $$"""
                # Server {{Id(number)}} of a cluster that 'raftakka up' made.
                include "{{Shared}}"
                raft {
                  server = {{Id(number)}}
                  data-directory = "{{Id(number)}}"
                }
                """);

        var addresses = ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}")).ToArray();
        Replace(directory, Client, $$"""
            # For clients of a cluster that 'raftakka up' made.
            raft.client {
              cluster = {{ClientTarget.DefaultCluster}}
              seeds = [{{string.Join(", ", addresses.Select(address => $"\"{address}\""))}}]
            }
            """);

        // Last, because it tells that the directory has a cluster.
        Replace(directory, Shared, $$"""
            # What the servers of a cluster that 'raftakka up' made have in common.
            # The ports change where somebody else has taken one in the meantime.
            raft {
              cluster = {{ClientTarget.DefaultCluster}}
              members {
            {{string.Join("\n", addresses.Select((address, at) => $"    {Id(at + 1)} = \"{address}\""))}}
              }
            }
            """);
    }

    private static void Replace(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path + ".new", text + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}
