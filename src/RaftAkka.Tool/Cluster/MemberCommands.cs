using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Cluster;

/// <summary>The commands on members that verbs and the shell share.</summary>
internal sealed class MemberCommands(IClusterCommands cluster, Results results, ToolConsole console)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public async Task<int> ListAsync(CancellationToken stop)
    {
        results.Members(await cluster.MembersAsync(stop));
        return ExitCode.Done;
    }

    /// <summary>Adds a server and, unless it stays a replica, shows how it catches up until it votes.</summary>
    /// <param name="server">Its id.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="staysReplica">Whether it stays a learner.</param>
    /// <param name="patience">How long it may take to catch up; zero does not wait.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<int> AddAsync(
        ServerId server, string address, bool staysReplica, TimeSpan patience, CancellationToken stop)
    {
        var members = await ChangedAsync([RaftAdminClient.Joins(server, address, staysReplica)], stop);
        if (!staysReplica && patience > TimeSpan.Zero) members = await CaughtUpAsync(server, members, patience, stop);
        results.Members(members);
        return ExitCode.Done;
    }

    public async Task<int> ChangeAsync(IReadOnlyList<MemberChange> changes, CancellationToken stop)
    {
        results.Members(await ChangedAsync(changes, stop));
        return ExitCode.Done;
    }

    /// <summary>Has the leader hand over, and says who leads then.</summary>
    public async Task<int> TransferAsync(ServerId? target, CancellationToken stop)
    {
        var members = await cluster.TransferAsync(target, stop);
        if (target is { } wanted && members.Leader != wanted)
            throw ToolException.Failed($"{members.Leader} leads: it won the election, and not {wanted}");

        results.Transferred(members.Leader);
        return ExitCode.Done;
    }

    // The answer to a change says who belongs to the cluster, and nothing of how far each is: the leader is asked for that.
    private async Task<ClusterMembers> ChangedAsync(IReadOnlyList<MemberChange> changes, CancellationToken stop)
    {
        ClusterMembers changed;
        try
        {
            changed = await cluster.ChangeMembersAsync(changes, stop);
        }
        catch (Exception exception) when (IsCancellation(exception, stop))
        {
            throw ToolException.Unknown(
                "Stopped before the leader answered: the change may have been made, or be made yet. "
                + "'raftakka member list' shows it; asking again is safe.");
        }

        try
        {
            return await cluster.MembersAsync(stop);
        }
        catch (Exception exception) when (exception is RaftClientException or ToolException or OperationCanceledException)
        {
            return changed;   // The change is made, whatever comes of the second question.
        }
    }

    private static bool IsCancellation(Exception exception, CancellationToken stop) =>
        stop.IsCancellationRequested && exception is RaftClientException or OperationCanceledException;

    private async Task<ClusterMembers> CaughtUpAsync(
        ServerId server, ClusterMembers members, TimeSpan patience, CancellationToken stop)
    {
        var progress = new MemberProgressLine(console);
        using var timer = new PeriodicTimer(Look);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            while (members.Find(server) is { } member && (member.Role != MemberRole.Voter || !members.IsSettled))
            {
                if (TimeProvider.System.GetElapsedTime(started) > patience)
                    throw ToolException.Unknown(
                        $"{server} belongs to the cluster, and has not caught up within {patience.TotalSeconds:0.###} s "
                        + $"({MemberProgressLine.Text(member)}). It goes on, and becomes a voter by itself. Is it running, "
                        + "with raft.join = on? 'raftakka member list' shows how far it is.");
                progress.Show(member);
                await timer.WaitForNextTickAsync(stop);
                members = await cluster.MembersAsync(stop);
            }
        }
        catch (Exception exception) when (IsCancellation(exception, stop))
        {
            throw ToolException.Unknown(
                $"Stopped. {server} belongs to the cluster already, and becomes a voter by itself once it has caught up. "
                + $"'raftakka member list' shows how far it is, 'raftakka member remove {server}' takes it out again.");
        }
        finally
        {
            progress.End();
        }

        if (members.Find(server) is null)
            throw ToolException.Failed($"{server} was removed again before it had caught up");
        return members;
    }
}
