using Akka.Configuration;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Node;

/// <summary>A server's settings: its file, and what the command line says in place of it.</summary>
internal static class NodeFile
{
    public const string SystemName = "raftakka";

    public static RaftNodeSettings Load(NodeArguments arguments)
    {
        var dir = Path.GetDirectoryName(Path.GetFullPath(arguments.File))!;
        var config = ConfigurationFactory.ParseString(File.ReadAllText(arguments.File).Replace("include \"cluster.conf\"", ""));
        var shared = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(dir, "cluster.conf")));
        var members = shared.GetConfig("raft.members").AsEnumerable().Select(m => new MemberAddress(new ServerId(m.Key), m.Value.GetString())).ToArray();
        return new RaftNodeSettings { Cluster = new(shared.GetString("raft.cluster")), Server = arguments.Id ?? new(config.GetString("raft.server")), Members = members, DataDirectory = arguments.Data ?? Path.Combine(dir, config.GetString("raft.data-directory")) };
    }
}
