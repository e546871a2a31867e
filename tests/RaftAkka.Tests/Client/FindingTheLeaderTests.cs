using Akka.Actor;
using Akka.Remote;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class FindingTheLeaderTests : ClientTest
{
    [Fact]
    public void A_client_asks_its_seeds_at_once_and_goes_where_the_answer_points()
    {
        StartClient();
        N1.ExpectConnect();
        N1.Takes(View(term: 3, leader: N2));

        N2.ExpectConnect();   // Learned from n1: it is no seed.
        N2.Takes(View(term: 3, leader: N2));

        Call("a");
        N2.ExpectRegister();
        N3.ExpectNothing();
    }

    [Fact]
    public void Silence_is_answered_by_asking_again_after_a_growing_pause()
    {
        StartClient();
        N1.ExpectConnect();
        Call("a");

        Pass(Milliseconds(40));
        N1.ExpectConnect();
        N1.IgnoresQuestions();

        Pass(Seconds(1));
        Pass(Milliseconds(200));   // The longest pause while somebody waits.
        N1.ExpectConnect();
    }

    [Fact]
    public void While_nobody_leads_every_member_is_asked()
    {
        StartClient();
        Call("a");
        N1.ExpectConnect();
        N1.Takes(View(term: 3, leader: null));

        Pass(Milliseconds(80));
        N2.ExpectConnect();
        N3.ExpectConnect();
    }

    [Fact]
    public void Who_has_answered_is_not_asked_again_before_it_has_been_silent_for_long()
    {
        StartClient();
        Call("a");
        N1.Takes(View(term: 3, leader: null));
        foreach (var server in Servers) server.IgnoresQuestions();

        Pass(Milliseconds(950));
        Assert.False(N1.Door.HasMessages);   // It says so when it learns of a leader; a thousand clients must not drown it.
        N2.ExpectConnect();

        Pass(Milliseconds(300));
        N1.ExpectConnect();                  // What it said may have been lost.
    }

    [Fact]
    public void Who_has_answered_and_is_gone_is_asked_in_the_next_round()
    {
        StartClient();
        Call("a");
        N1.Takes(View(term: 3, leader: null));
        N1.IgnoresQuestions();

        Sys.EventStream.Publish(Disassociated("h1", 1));
        Pass(Milliseconds(200));

        N1.ExpectConnect();
    }

    // The only server that answers is one that was wiped, and names members that are gone; or it names a leader
    // that it gives no address of. The client knew others before.
    [Fact]
    public void When_all_it_knows_leads_nowhere_a_client_asks_where_the_cluster_was_before()
    {
        StartClient();
        Call("a", seconds: 60);
        N1.Takes(View(term: 3, leader: null));
        N2.IgnoresQuestions();
        N3.IgnoresQuestions();
        Pass(Seconds(2));
        N2.IgnoresQuestions();
        N3.IgnoresQuestions();

        // Now n1 knows nobody but itself and one that is gone, and a leader without an address.
        for (var second = 0; second < 5; second++)
        {
            N1.Takes(new ClusterView(
                new Term(20 + second), N3.Id, [new MemberAddress(N1.Id, N1.Address), new MemberAddress(new ServerId("gone"), "gone:9")]));
            N2.IgnoresQuestions();
            N3.IgnoresQuestions();
            Pass(Seconds(1));
        }

        N2.ExpectConnect();
        N3.ExpectConnect();
        N3.Takes(View(term: 30, leader: N3));
        N3.ExpectRegister();
    }

    [Fact]
    public void The_later_term_knows_better_who_leads()
    {
        StartClient();
        N1.Takes(View(term: 5, leader: N3));   // n3 does not answer.
        N3.ExpectConnect();
        N2.Takes(View(term: 4, leader: N2));   // Deposed: it does not know yet.

        var call = Call("a");
        N2.Session.ReceiveOne(TimeSpan.Zero);
        Assert.False(N2.Session.HasMessages);

        N3.Takes(View(term: 5, leader: N3));
        N3.ExpectRegister();
        AssertWaits(call);
    }

    [Fact]
    public void A_server_that_learns_of_a_leader_says_so_unasked()
    {
        StartClient();
        Call("a");
        N1.Takes(View(term: 5, leader: null));
        N2.IgnoresQuestions();
        N2.ExpectNothing();

        N1.Says(new KeepAliveReply(View(term: 6, leader: N2)));
        N2.ExpectConnect();   // At once, not at the next round.
    }

    [Fact]
    public void A_leader_that_has_answered_already_is_served_without_another_question()
    {
        StartClient();
        Call("a");
        N1.Takes(View(term: 5, leader: null));
        N2.Takes(View(term: 5, leader: null));

        N2.Says(new KeepAliveReply(View(term: 6, leader: N2)));
        N2.ExpectRegister();
    }

    [Fact]
    public void A_serving_client_moves_when_a_later_leader_is_named()
    {
        StartClientWithSession();
        N1.Says(new KeepAliveReply(View(term: 2, leader: N3)));
        N3.ExpectConnect();
    }

    [Fact]
    public void A_serving_client_stays_when_an_older_leader_is_named()
    {
        StartClient();
        N1.Takes(View(term: 5, leader: N1));
        N2.Takes(View(term: 4, leader: N2));   // Late, from the search.

        Call("a");
        N1.ExpectRegister();
        N2.ExpectNothing();
    }

    [Fact]
    public void A_broken_connection_to_the_leader_starts_a_search_at_once()
    {
        StartClientWithSession();
        foreach (var server in Servers) server.IgnoresQuestions();

        Sys.EventStream.Publish(Disassociated("h1", 1));
        N1.ExpectConnect();
        N2.ExpectConnect();
        N3.ExpectConnect();
    }

    [Fact]
    public void A_broken_connection_to_somebody_else_changes_nothing()
    {
        StartClientWithSession();
        foreach (var server in Servers) server.IgnoresQuestions();

        Sys.EventStream.Publish(Disassociated("h2", 2));
        foreach (var server in Servers) server.ExpectNothing();
    }

    [Fact]
    public void The_leader_that_just_failed_is_not_believed_before_the_others_were_heard()
    {
        StartClientWithSession();
        Sys.EventStream.Publish(Disassociated("h1", 1));
        Call("a");

        N2.Takes(View(term: 1, leader: N1));   // It has not noticed yet.
        N1.Takes(View(term: 1, leader: N1));
        Assert.False(N1.Session.HasMessages);

        N3.Takes(View(term: 2, leader: N3));
        N3.ExpectCommands();
    }

    [Fact]
    public void The_leader_that_just_failed_is_as_good_as_any_when_nobody_else_leads()
    {
        StartClientWithSession();
        Sys.EventStream.Publish(Disassociated("h1", 1));
        Call("a");
        N1.Takes(View(term: 1, leader: N1));
        Assert.False(N1.Session.HasMessages);

        Pass(Milliseconds(200));
        N1.ExpectCommands();
    }

    [Fact]
    public void A_cluster_that_was_set_up_anew_is_found_although_its_terms_are_lower()
    {
        StartClient();
        N1.Takes(View(term: 50, leader: N1));
        Sys.EventStream.Publish(Disassociated("h1", 1));
        Call("a");
        Pass(Seconds(2));

        N2.Takes(View(term: 1, leader: N2));
        N2.ExpectRegister();
    }

    [Fact]
    public void A_search_that_nobody_waits_for_takes_its_time_until_somebody_does()
    {
        StartClient();
        Pass(Seconds(60));
        N1.IgnoresQuestions();
        Pass(Milliseconds(300));
        Assert.False(N1.Door.HasMessages);

        Call("a");
        N1.ExpectConnect();
    }

    [Fact]
    public void Every_server_of_another_cluster_ends_the_calls_that_wait_with_its_words()
    {
        StartClient();
        var call = Call("a");
        N1.RefusesForGood("n1 serves cluster 'billing'.");

        var failure = AssertFails<RaftAkka.Client.CommandNotAppliedException>(call);
        Assert.Contains("n1 serves cluster 'billing'.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_server_that_refuses_the_client_does_not_end_the_search()
    {
        StartClient();
        N1.Takes(View(term: 1, leader: null));
        var call = Call("a");
        N2.RefusesForGood("n2 serves cluster 'billing'.");
        AssertWaits(call);

        N1.Says(new KeepAliveReply(View(term: 2, leader: N1)));
        N1.ExpectRegister();
    }

    [Fact]
    public void A_server_that_is_full_for_now_is_asked_again()
    {
        StartClient();
        var call = Call("a");
        N1.IgnoresQuestions();
        Client.Tell(new ClientRefused(N1.Id, "n1 is full", IsFinal: false), N1.Door.Ref);
        AssertWaits(call);

        Pass(Milliseconds(200));
        N1.ExpectConnect();
    }

    internal static DisassociatedEvent Disassociated(string host, int port) => new(
        new Address("akka.tcp", "clients", "here", 9),
        new Address("akka.tcp", "raftakka", host, port),
        inbound: false);
}
