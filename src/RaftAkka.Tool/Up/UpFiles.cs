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
    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    /// <summary>The nodes of a directory, in the order of their ids, or null where it has no cluster yet.</summary>
    public static IReadOnlyList<UpNode>? NodesIn(string directory)
    {
        if (!File.Exists(Path.Combine(directory, Shared))) return null;

        // Whichever is there: the first may have left.
        var file = Directory.EnumerateFiles(directory, "n*.conf").Order(StringComparer.Ordinal).First();
        return [.. RaftConfigFile.Load(file).NodeSettings().Members.Select(member =>
        {
            var own = Path.Combine(directory, $"{member.Server}.conf");
            return new UpNode(member.Server.Value, Port(member), RaftConfigFile.Load(own).NodeSettings().Joins);
        })];
    }

    /// <summary>An id that no node of this directory has or had: data stay when a node goes.</summary>
    public static string NewId(string directory)
    {
        for (var number = 1;; number++)
        {
            var id = Id(number);
            if (!File.Exists(Path.Combine(directory, $"{id}.conf")) && !Directory.Exists(Path.Combine(directory, id))) return id;
        }
    }

    public static void Delete(string directory, string id) => File.Delete(Path.Combine(directory, $"{id}.conf"));

    public static void Write(string directory, IReadOnlyList<UpNode> nodes)
    {
        foreach (var node in nodes)
            Replace(directory, $"{node.Id}.conf", $$"""
                # Server {{node.Id}} of a cluster that 'raftakka up' made.
                include "{{Shared}}"
                raft {
                  id = {{node.Id}}
                  data-directory = "{{node.Id}}"{{(node.Joins ? "\n  join = on   # It was added to the cluster later." : "")}}
                }
                """);

        Replace(directory, Client, $$"""
            # For clients of a cluster that 'raftakka up' made.
            raft {
              cluster-id = {{ClientTarget.DefaultCluster}}
              client.seeds = [{{string.Join(", ", nodes.Select(node => $"\"{node.Address}\""))}}]
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
            {{string.Join("\n", nodes.Select(node => $"    {{ id = {node.Id}, address = \"{node.Address}\" }}"))}}
              ]
            }
            """);
    }

    private static int Port(MemberAddress member) =>
        int.Parse(member.Address.AsSpan(member.Address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    private static void Replace(string directory, string name, string text) =>
        OwnFiles.Replace(Path.Combine(directory, name), text + "\n");
}

/// <summary>A node of a local cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Port">Where it listens on this machine.</param>
/// <param name="Joins">Whether it was added to a cluster that was there.</param>
internal sealed record UpNode(string Id, int Port, bool Joins)
{
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
}
