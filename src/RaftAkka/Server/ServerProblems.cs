using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>What a server says of its troubles in its status: sentences for a person, each with what to do.</summary>
internal static class ServerProblems
{
    public const string HasLeft =
        "It has left the cluster and takes no part any more. Stop it, and delete its data when you like.";

    public static string DiskIsSlow(long pendingBytes) =>
        $"Its disk is slow or hangs: {pendingBytes} bytes wait for it. It leads no longer than it must until that is over. "
        + "Look at the disk, and at what else writes to it.";

    public static string DiskIsRefused(ServerId by) =>
        $"{by} knows this server by another disk: its data directory was lost or exchanged, so it does not count. "
        + "Bring back the old directory; or remove the server, and add it under a new server id with an empty directory.";

    public static string IsRemoved(ServerId by) =>
        $"It has left the cluster, says {by}, and takes no part any more. Stop it, and delete its data when you like.";

    public static string AwaitsBootstrap(IEnumerable<ServerId> missing) =>
        $"A new cluster begins when all of its servers have agreed; {string.Join(", ", missing)} did not agree yet. "
        + "Start them, and look at the members' addresses on both sides.";
}
