using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Leadership is handed over (dissertation §3.10).</summary>
public sealed class TransferTests : ServerStory
{
    [Fact]
    public void The_leader_tells_a_target_that_has_everything_to_campaign_at_once()
    {
        LeadsInHarmony(term: 5);

        Clem.Says(new HandOverLeadership(7, Bea.Id));

        Assert.Equal(new Term(5), Bea.Hears<TimeoutNow>().Header.Term);
        Ann.HearsNothing();
        Clem.HearsNothing();
    }

    [Fact]
    public void A_target_that_lags_is_brought_up_to_date_first()
    {
        Leads(term: 5);
        Ann.Accepts(5, 1);
        Ann.HearsAll();

        Clem.Says(new HandOverLeadership(7, Bea.Id));
        Assert.DoesNotContain(Bea.HearsAll(), message => message is TimeoutNow);
        Bea.Accepts(5, 1);

        Assert.Contains(Bea.HearsAll(), message => message is TimeoutNow);
    }

    [Fact]
    public void Without_a_name_it_is_the_most_up_to_date_that_is_there()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(1);
        Disk.CatchesUp();
        Bea.Accepts(5, 2);
        ForgetAllThatWasSaid();

        Clem.Says(new HandOverLeadership(7, null));

        Bea.Hears<TimeoutNow>();
        Ann.HearsNothing();
    }

    [Fact]
    public void Who_leads_no_more_says_so()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(new HandOverLeadership(7, Bea.Id));

        Bea.AsksForVote(6, Id(1, 5), isTransfer: true);

        Assert.Equal(new HandedOver(7, Bea.Id), Clem.Hears<HandedOver>());
    }

    [Fact]
    public void Commands_that_come_meanwhile_are_surely_not_in_the_log_when_another_leads()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(new HandOverLeadership(7, Bea.Id));

        Cora.Proposes(1);
        Disk.HearsNothing();
        Bea.AsksForVote(6, Id(1, 5), isTransfer: true);

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
    }

    [Fact]
    public void A_target_that_does_not_win_is_given_up_within_an_election_timeout_and_what_waited_goes_on()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(new HandOverLeadership(7, Bea.Id));
        Cora.Proposes(1);

        for (var beat = 0; beat < 6; beat++)
        {
            Wait(50);
            Ann.Accepts(5, 1);
        }

        Assert.Contains("bea did not win an election", Clem.Hears<NotHandedOver>().Facts, StringComparison.Ordinal);
        Assert.Equal(At(2), Disk.Takes().Entries.Last.Index);
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void A_target_that_does_not_catch_up_is_given_up_without_having_been_told()
    {
        Leads(term: 5);
        Ann.Accepts(5, 1);
        Clem.Says(new HandOverLeadership(7, Bea.Id));

        for (var beat = 0; beat < 6; beat++)
        {
            Wait(50);
            Ann.Accepts(5, 1);
        }

        Assert.Contains("bea did not catch up", Clem.Hears<NotHandedOver>().Facts, StringComparison.Ordinal);
        Assert.DoesNotContain(Bea.HearsAll(), message => message is TimeoutNow);
    }

    [Theory]
    [InlineData("sam", "leads already")]
    [InlineData("stranger", "is no member")]
    public void A_target_that_cannot_lead_is_refused(string target, string why)
    {
        LeadsInHarmony(term: 5);

        Clem.Says(new HandOverLeadership(7, new ServerId(target)));

        Assert.Contains(why, Clem.Hears<NotHandedOver>().Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void One_hand_over_at_a_time()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(new HandOverLeadership(7, Bea.Id));

        Cora.Says(new HandOverLeadership(8, Ann.Id));

        Assert.Contains("to bea already", Cora.Hears<NotHandedOver>().Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leader_that_was_just_elected_does_not_know_yet_what_is_committed()
    {
        Leads(term: 5);

        Clem.Says(new HandOverLeadership(7, Bea.Id));

        Assert.Contains("just been elected", Clem.Hears<NotHandedOver>().Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_does_not_lead_says_who_does()
    {
        FollowsAnn(term: 5);

        Clem.Says(new HandOverLeadership(7, null));

        var not = Clem.Hears<NotHandedOver>();
        Assert.Equal((7, "", Ann.Id), (not.Id, not.Facts, not.View.Leader));
    }

    [Fact]
    public void The_target_campaigns_without_asking_first_and_says_that_it_was_told_to()
    {
        FollowsAnn(term: 5, log: [5]);

        Ann.TellsToCampaign(5);
        Disk.CatchesUp();

        Assert.Equal((ServerRole.Candidate, 6), Role());
        Assert.True(Bea.Hears<RequestVote>().IsTransfer);
    }

    [Fact]
    public void Nobody_campaigns_for_a_leader_of_before_or_one_that_does_not_lead()
    {
        FollowsAnn(term: 5, log: [5]);

        Ann.TellsToCampaign(4);
        Bea.TellsToCampaign(5);

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_voter_that_hears_the_leader_votes_for_whom_the_leader_told_to_campaign()
    {
        FollowsAnn(term: 5, log: [5]);

        Bea.AsksForVote(6, Id(1, 5));
        Bea.HearsNothing();
        Bea.AsksForVote(6, Id(1, 5), isTransfer: true);
        Disk.CatchesUp();

        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void A_promise_to_the_leader_that_lets_go_does_not_bind_target_nor_voter()
    {
        Settings = Settings with { Reads = ReadMode.Lease };
        FollowsAnn(term: 5, log: [5]);

        Bea.AsksForVote(6, Id(1, 5), isTransfer: true);
        Disk.CatchesUp();

        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void A_leader_that_has_told_somebody_to_campaign_counts_on_no_lease_any_more()
    {
        Settings = Settings with { Reads = ReadMode.Lease };
        LeadsInHarmony(term: 5);
        Wait(50);
        foreach (var peer in Peers) peer.Accepts(5, 1, round: (int)peer.Hears<AppendEntries>().Round.Value, lease: 250);
        ForgetAllThatWasSaid();
        Cora.Reads(1);
        Machine.Hears<AnswerQueries>();   // By lease, and nobody was asked.

        Clem.Says(new HandOverLeadership(7, Bea.Id));
        Cora.Reads(2);

        Machine.HearsNothing();
        Assert.NotEmpty(Ann.HearsAll());   // Asked whether it still leads.
    }

    [Fact]
    public void A_server_of_greater_priority_gets_to_lead_when_it_is_up_to_date()
    {
        Preferred = Bea.Id;
        LeadsInHarmony(term: 5);

        for (var beat = 0; beat < 12; beat++)
        {
            Wait(50);
            foreach (var peer in Peers) peer.Accepts(5, 1);
        }

        Assert.Contains(Bea.HearsAll(), message => message is TimeoutNow);
        Assert.DoesNotContain(Ann.HearsAll(), message => message is TimeoutNow);
    }

    [Fact]
    public void A_leader_whose_node_stops_hands_over_first()
    {
        LeadsInHarmony(term: 5);

        Clem.Says(PrepareToStop.Instance);
        Clem.HearsNothing();
        Assert.Contains(Ann.HearsAll(), message => message is TimeoutNow);
        Ann.AsksForVote(6, Id(1, 5), isTransfer: true);
        Clem.HearsNothing();   // The clients are to hear from it who leads.

        Ann.Beats(6, Id(1, 5));
        Assert.Contains(Observer.HearsAll(), message => message is ViewChanged { View.Leader: { } leader } && leader == Ann.Id);
        Clem.Hears<ReadyToStop>();
    }

    [Fact]
    public void A_node_whose_hand_over_fails_stops_all_the_same()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(PrepareToStop.Instance);

        for (var beat = 0; beat < 6; beat++)
        {
            Wait(50);
            Bea.Accepts(5, 1);
        }

        Clem.Hears<ReadyToStop>();
    }

    [Fact]
    public void Nobody_waits_for_a_node_that_does_not_lead_or_is_alone()
    {
        FollowsAnn(term: 5);

        Clem.Says(PrepareToStop.Instance);

        Clem.Hears<ReadyToStop>();
    }
}
