using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>
/// Leases (dissertation §6.4.1), with election timeouts from 250 ms and a drift of 50 ms: what a follower promises
/// with its answer counts for 200 ms from when its round began.
/// </summary>
public sealed class LeaseTests : ServerStory
{
    public LeaseTests() => Settings = Settings with { Reads = ReadMode.Lease };

    [Fact]
    public void With_a_lease_a_read_is_answered_without_asking_anyone()
    {
        LeadsWithLease();

        Cora.Reads(batch: 7);
        Bea.AsksForReadIndex(term: 5, id: 300);

        Assert.Equal(7, Machine.Hears<AnswerQueries>().Reads[0].Batch);
        Assert.Equal(At(1), Bea.Hears<ReadIndexReply>().Index);
        Ann.HearsNothing();
    }

    [Fact]
    public void A_follower_that_asks_under_a_lease_hears_first_what_is_committed()
    {
        LeadsWithLease();
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        ForgetAllThatWasSaid();

        Ann.AsksForReadIndex(term: 5, id: 300);

        // There is no round that would tell it, and without the commit index it could not answer before the next heartbeat.
        Assert.Equal(At(2), Ann.Hears<AppendEntries>().LeaderCommit);
        Assert.Equal(At(2), Ann.Hears<ReadIndexReply>().Index);
    }

    [Fact]
    public void The_lease_counts_from_when_the_round_began_and_ends_before_the_promise_by_the_drift()
    {
        LeadsWithLease();   // From the first heartbeat, 20 ms ago.
        Wait(179);
        ForgetAllThatWasSaid();
        Cora.Reads(batch: 1);
        Machine.Hears<AnswerQueries>();

        Wait(1);
        Cora.Reads(batch: 2);
        Machine.HearsNothing();   // It asks now.
        Assert.NotEmpty(Ann.HearsAll());
    }

    [Fact]
    public void Each_heartbeat_begins_a_round_so_that_the_lease_goes_on()
    {
        LeadsWithLease();
        for (var beat = 0; beat < 8; beat++)
        {
            Wait(50);
            Ann.Accepts(term: 5, matched: 1, (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value, lease: 250);
        }

        Cora.Reads(batch: 1);
        Machine.Hears<AnswerQueries>();
    }

    [Fact]
    public void A_late_answer_to_an_old_round_does_not_prolong_the_lease()
    {
        LeadsWithLease();
        Wait(150);

        Ann.Accepts(term: 5, matched: 1, round: 1, lease: 250);
        Bea.Accepts(term: 5, matched: 1, round: 1, lease: 250);
        Wait(30);

        Cora.Reads(batch: 1);
        Machine.HearsNothing();
    }

    [Fact]
    public void A_late_answer_to_an_old_round_does_not_shorten_the_lease_either()
    {
        LeadsWithLease();
        Wait(50);
        Ann.Accepts(term: 5, matched: 1, (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value, lease: 250);

        Ann.Accepts(term: 5, matched: 1, round: 1, lease: 250);
        Wait(140);   // 210 ms after round 1 began.

        Cora.Reads(batch: 1);
        Machine.Hears<AnswerQueries>();
    }

    [Fact]
    public void Whoever_promises_less_or_nothing_is_not_counted_on()
    {
        LeadsInHarmony(term: 5);
        Wait(50);
        var round = (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value;

        Ann.Accepts(term: 5, matched: 1, round, lease: 0);   // Its reads = read-index.
        Cora.Reads(batch: 1);
        Machine.HearsNothing();

        Bea.Accepts(term: 5, matched: 1, round, lease: 60);   // It has shorter timeouts: 10 ms are left.
        Wait(9);
        Cora.Reads(batch: 2);
        Assert.Equal(2, Machine.Hears<AnswerQueries>().Reads[0].Batch);
        Wait(1);
        Cora.Reads(batch: 3);
        Machine.HearsNothing();
    }

    [Fact]
    public void A_promise_counts_no_longer_than_the_leaders_own()
    {
        LeadsInHarmony(term: 5);
        Wait(50);
        Ann.Accepts(term: 5, matched: 1, (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value, lease: int.MaxValue);

        Wait(200);
        Cora.Reads(batch: 1);

        Machine.HearsNothing();
    }

    [Fact]
    public void Before_an_entry_of_its_own_term_is_committed_a_lease_is_of_no_use()
    {
        Leads(term: 5, log: [4]);
        Wait(50);
        Ann.Accepts(term: 5, matched: 1, (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value, lease: 250);

        Cora.Reads(batch: 1);

        Machine.HearsNothing();
    }

    [Fact]
    public void A_follower_says_what_it_promises()
    {
        FollowsAnn(term: 5, log: [5]);

        Ann.Beats(term: 5, previous: Id(1, 5));
        Assert.Equal(250, Ann.Hears<AppendAccepted>().LeaseMilliseconds);
        Ann.Beats(term: 5, previous: Id(3, 5));
        Assert.Equal(250, Ann.Hears<AppendRejected>().LeaseMilliseconds);
    }

    [Fact]
    public void A_broken_connection_frees_the_vote_only_when_the_promise_has_run_out()
    {
        FollowsAnn(term: 5, log: [5]);
        Wait(100);

        Ann.Says(new PeerConnectionLost(Ann.Id));
        Bea.AsksForPreVote(proposed: 6, last: Id(1, 5));
        Assert.False(Bea.Hears<PreVoteReply>().Granted);
        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Disk.HearsNothing();

        Wait(149);
        Assert.Equal((ServerRole.Follower, 5), Role());
        Wait(1);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);   // And no later: nobody waits out a whole timeout.
        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Disk.CatchesUp();
        Assert.Contains(Bea.HearsAll(), message => message is VoteReply { Granted: true });
    }

    [Fact]
    public void A_leader_that_is_heard_again_after_its_connection_broke_is_waited_for_as_ever()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Says(new PeerConnectionLost(Ann.Id));

        Wait(200);
        Ann.Beats(term: 5, previous: Id(1, 5));
        Wait(240);

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_newer_term_makes_nobody_forget_a_promise()
    {
        FollowsAnn(term: 5, log: [5]);
        Bea.PreVotes(7, granted: false);
        Assert.Equal((ServerRole.Follower, 6), Role());   // Without a leader; and Ann may not know it.
        Disk.CatchesUp();

        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Bea.AsksForVote(term: 7, last: Id(1, 5));
        Bea.AsksForPreVote(proposed: 8, last: Id(1, 5));
        Assert.False(Bea.Hears<PreVoteReply>().Granted);
        Bea.HearsNothing();
        Disk.HearsNothing();

        Wait(250);
        Bea.AsksForVote(term: 7, last: Id(1, 5));
        Disk.CatchesUp();
        Assert.Contains(Bea.HearsAll(), message => message is VoteReply { Granted: true });
    }

    [Fact]
    public void A_server_that_starts_votes_for_nobody_until_what_it_may_have_promised_has_run_out()
    {
        Follows(term: 5, log: [5]);

        Bea.AsksForPreVote(proposed: 6, last: Id(1, 5));
        Assert.False(Bea.Hears<PreVoteReply>().Granted);
        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Bea.HearsNothing();

        Wait(250);
        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Disk.CatchesUp();
        Assert.Contains(Bea.HearsAll(), message => message is VoteReply { Granted: true });
    }

    [Fact]
    public void Without_leases_a_server_that_starts_votes_at_once()
    {
        Settings = Settings with { Reads = ReadMode.ReadIndex };
        Follows(term: 5, log: [5]);

        Bea.AsksForVote(term: 6, last: Id(1, 5));

        Disk.CatchesUp();
        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    private void LeadsWithLease()
    {
        LeadsInHarmony(term: 5);
        Wait(50);
        Wait(20);
        Ann.Accepts(term: 5, matched: 1, (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value, lease: 250);
        ForgetAllThatWasSaid();
    }
}
