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

    public static string IsRolledBack(ServerId by) =>
        $"{by} knows that this server's disk lacks what it had acknowledged: it went back in time, or two processes run on "
        + "copies of it. It does not count. Remove it from the cluster, and add it under a new server id with an empty directory.";

    public static string MemberIsRolledBack(ServerId member) =>
        $"The disk of {member} lacks what it had acknowledged, so {member} does not count: one more failure may cost the "
        + $"majority. Remove {member} from the cluster, and add it under a new server id with an empty directory.";

    public static string IsRemoved(ServerId by) =>
        $"It has left the cluster, says {by}, and takes no part any more. Stop it, and delete its data when you like.";

    public static string AwaitsBootstrap(IEnumerable<ServerId> missing) =>
        $"A new cluster begins when all of its servers have agreed; {string.Join(", ", missing)} did not agree yet. "
        + "Start them, and look at the members' addresses on both sides.";
}
