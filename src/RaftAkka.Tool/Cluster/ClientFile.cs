using Akka.Configuration;
using RaftAkka.Client;

namespace RaftAkka.Tool.Cluster;

/// <summary>A client's settings: its file, or what the command line says.</summary>
internal static class ClientFile
{
    public static RaftClientSettings Load(ClientTarget target)
    {
        var seeds = target.ConfigFile is null ? target.Seeds.ToArray() : ConfigurationFactory.ParseString(File.ReadAllText(target.ConfigFile)).GetStringList("raft.client.seeds").ToArray();
        return new RaftClientSettings { Cluster = target.Cluster ?? ClientTarget.DefaultCluster, Seeds = [.. seeds] };
    }
}
