using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Reads where nobody leads, and reads that do not care who does.</summary>
public sealed class ReadingWithoutLeaderTests : ServerStory
{
    [Fact]
    public void A_stale_read_is_answered_at_once_and_by_anyone_who_has_recovered()
    {
        Starts();
        Cora.Reads(batch: 1, ReadConsistency.Stale);
        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Disk.Hears<OpenLog>();
        Snapshots.Says(new SnapshotsOpened(Newest: null));
        Disk.Says(Disk.Opened(term: 4, vote: null, Entries(1, 4), cached: 1));

        foreach (var role in (ServerRole[])[ServerRole.Follower, ServerRole.PreCandidate, ServerRole.Candidate, ServerRole.Leader])
        {
            Goes(role);
            Cora.Reads(batch: 2, ReadConsistency.Stale);
            Assert.Equal(2, Assert.Single(Answers()).Batch);
        }
    }

    [Theory]
    [InlineData(ServerRole.Follower), InlineData(ServerRole.PreCandidate), InlineData(ServerRole.Candidate)]
    public void Where_no_leader_is_known_a_read_is_refused(ServerRole role)
    {
        Follows(term: 4, log: [4]);
        Goes(role);

        Cora.Reads(batch: 1);

        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((1, RefusalReason.NotLeader), Refusal(refused));
        Assert.Null(refused.View.Leader);
        Machine.HearsNothing();
    }

    [Theory]
    [InlineData(ServerRole.Follower), InlineData(ServerRole.PreCandidate), InlineData(ServerRole.Candidate)]
    [InlineData(ServerRole.Leader)]
    public void Stale_reads_wait_within_the_same_limit_as_others(ServerRole role)
    {
        Settings = Settings with { ReadsWaitingBytesMax = 100 };
        Follows(term: 4, log: [4]);
        if (role == ServerRole.Leader) Goes(ServerRole.Candidate);
        Goes(role);
        Cora.Reads(batch: 1, ReadConsistency.Stale, bytes: 100);
        var answer = Machine.Hears<AnswerQueries>();

        Clem.Reads(batch: 1, ReadConsistency.Stale);
        Assert.Equal((1, RefusalReason.Busy), Refusal(Clem.Hears<ProposalRefused>()));

        answer.Quota.Return(100);
        Clem.Reads(batch: 2, ReadConsistency.Stale);
        Assert.Equal(2, Assert.Single(Answers()).Batch);
    }

    private void Goes(ServerRole role)
    {
        if (Status().Role == role) return;
        if (role == ServerRole.PreCandidate) WaitUntil(role);
        if (role == ServerRole.Candidate)
        {
            if (Status().Role == ServerRole.Follower) WaitUntil(ServerRole.PreCandidate);
            Ann.PreVotes(proposed: 5);
        }

        if (role == ServerRole.Leader)
        {
            Disk.CatchesUp();
            Ann.Votes(term: 5);
        }

        Assert.Equal(role, Status().Role);
    }

    private IReadOnlyList<QueuedRead> Answers()
    {
        var answer = Machine.Hears<AnswerQueries>();
        Assert.Equal(LogIndex.Zero, answer.At);
        return answer.Reads;
    }
}
