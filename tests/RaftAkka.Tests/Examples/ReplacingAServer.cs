using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Tests.Examples;

/// <summary>An operator's program: a machine is replaced while the cluster serves.</summary>
public static class ReplacingAServer
{
    public static async Task<ClusterMembers> ReplaceAsync(RaftClient cluster, ServerId old, ServerId server, string address)
    {
        var admin = new RaftAdminClient(cluster);
        await admin.AddAsync(server, address);
        await admin.CaughtUpAsync(server);   // It gets the state, and becomes a voter by itself.
        return await admin.RemoveAsync(old);
    }
}
