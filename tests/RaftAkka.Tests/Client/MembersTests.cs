using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>Questions about members, changes of them, and hand-overs, as a client asks for them.</summary>
public sealed class MembersTests : ClientTest
{
    private static readonly MemberChange[] Leaves = [new MemberChange.Remove(new ServerId("n3"))];

    private IActorRef _asker = ActorRefs.Nobody;
    private long _try;

    [Fact]
    public void The_leader_is_asked_who_belongs_to_the_cluster()
    {
        var call = Ask(new MembersCall([], Seconds(10)));
        N1.Door.ExpectMsg<AskMembers>();
        Says(N1, Report(N1, leader: N2));
        Pass(Milliseconds(200));
        N2.Door.ExpectMsg<AskMembers>();
        Says(N2, Report(N2, leader: N2));

        var members = Done(call);
        Assert.Equal((N2.Id, new LogIndex(7), true), (members.Leader, members.Index, members.IsSettled));
        Assert.Equal([N1.Id, N2.Id, N3.Id], members.Members.Select(member => member.Server));
    }

    [Fact]
    public void A_change_goes_to_the_leader_that_others_name()
    {
        var call = Ask(new MembersCall(Leaves, Seconds(10)));
        Says(N1, new MembersNotChanged(Asked(N1), null, "", View(term: 5, leader: N2)));
        Pass(Milliseconds(200));
        Says(N2, new MembersChanged(Asked(N2), N2.Id, new LogIndex(9), Known("n1", "n2")));

        Assert.Equal(["n1", "n2"], Done(call).Members.Select(member => member.Server.Value));
    }

    [Fact]
    public void A_leader_that_was_removed_is_not_done_before_another_one_leads()
    {
        var call = Ask(new MembersCall([new MemberChange.Remove(N1.Id)], Seconds(10)));
        Says(N1, new MembersChanged(Asked(N1), N1.Id, new LogIndex(9), Known("n2", "n3")));
        Pass(Milliseconds(50));
        N1.Door.ExpectMsg<AskMembers>();
        Says(N1, Report(N1, leader: N1) with { Members = Known("n2", "n3") });
        Assert.False(call.Outcome.IsCompleted);

        Pass(Milliseconds(50));
        while (!N2.Door.HasMessages) Pass(Milliseconds(50));
        Says(N2, Report(N2, leader: N2) with { Members = Known("n2", "n3") });
        Assert.Equal(N2.Id, Done(call).Leader);
    }

    [Fact]
    public void A_refusal_says_why_and_that_nothing_was_changed()
    {
        var call = Ask(new MembersCall(Leaves, Seconds(10)));
        Says(N1, Refusal(MembershipRefusal.NoVoterLeft));

        var failed = Assert.IsType<MembersNotChangedException>(call.Outcome.Exception!.InnerException);
        Assert.Equal(MembershipRefusal.NoVoterLeft, failed.Reason);
        Assert.Contains("Nothing was changed", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leader_that_was_just_elected_is_asked_again()
    {
        var call = Ask(new MembersCall(Leaves, Seconds(10)));
        Says(N1, Refusal(MembershipRefusal.NoOwnTermCommit));
        Pass(Milliseconds(200));
        Says(N1, new MembersChanged(Asked(N1), N1.Id, new LogIndex(9), Known("n1", "n2")));

        Assert.True(call.Outcome.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_change_of_somebody_else_refuses_this_one_and_not_the_one_that_this_call_may_have_begun()
    {
        var first = Ask(new MembersCall(Leaves, Seconds(10)));
        Says(N1, Refusal(MembershipRefusal.ChangeUnderWay));
        Assert.True(first.Outcome.IsFaulted);

        var second = Ask(new MembersCall(Leaves, Seconds(10)));
        Asked(N1);
        Pass(Settings.ServerTimeout);   // It may have taken the change, and its answer got lost.
        Says(N1, Refusal(MembershipRefusal.ChangeUnderWay));
        Assert.False(second.Outcome.IsCompleted);
        Pass(Milliseconds(200));
        Says(N1, new MembersChanged(Asked(N1), N1.Id, new LogIndex(9), Known("n1", "n2")));
        Assert.True(second.Outcome.IsCompletedSuccessfully);
    }

    [Fact]
    public void What_nobody_answered_in_time_is_unknown_for_a_change_and_asked_again_at_no_risk_for_a_question()
    {
        var change = Ask(new MembersCall(Leaves, Seconds(3)));
        Pass(Seconds(4));
        Assert.IsType<OutcomeUnknownException>(change.Outcome.Exception!.InnerException);

        var question = Ask(new MembersCall([], Seconds(3)));
        Pass(Seconds(4));
        Assert.IsType<QueryFailedException>(question.Outcome.Exception!.InnerException);
    }

    [Fact]
    public void A_server_of_another_cluster_ends_the_asking_with_its_words()
    {
        var call = Ask(new MembersCall([], Seconds(10)));
        Says(N1, new ClientRefused(N1.Id, "n1 serves cluster 'billing'.", IsFinal: true));

        Assert.Contains("billing", call.Outcome.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_waits_for_a_server_to_catch_up_hears_how_far_it_is_until_it_is_a_voter_and_all_is_settled()
    {
        var heard = new Heard();
        var call = Ask(new MembersCall([], Seconds(10)) { Awaited = N3.Id, Progress = heard });
        var learner = Configuration.Of(
            [new Member(N1.Id, "n1:1"), new Member(N3.Id, "n3:1", MemberRole.Learner)]);
        for (var look = 0; look < 100; look++)   // For longer than an answer may take.
        {
            N1.Door.ExpectMsg<AskMembers>();
            Says(N1, Report(N1, leader: N1) with { Members = learner });
            Pass(Milliseconds(200));
        }

        Assert.Equal(Enumerable.Repeat(N3.Id, 100), heard.Select(member => member.Server));
        Says(N1, Report(N1, leader: N1) with { IsCommitted = false });
        Assert.False(call.Outcome.IsCompleted);
        Says(N1, Report(N1, leader: N1));
        Assert.Equal(MemberRole.Voter, Done(call).Find(N3.Id)!.Role);
    }

    [Fact]
    public void Nobody_waits_for_a_server_that_was_removed_again()
    {
        var call = Ask(new MembersCall([], Seconds(10)) { Awaited = N3.Id });
        Says(N1, Report(N1, leader: N1) with { Members = Known("n1", "n2") });

        Assert.IsType<MembersNotChangedException>(call.Outcome.Exception!.InnerException);
    }

    [Fact]
    public void A_cancelled_wait_asks_no_more()
    {
        using var source = new CancellationTokenSource();
        var call = new MembersCall([], Seconds(10)) { Awaited = N3.Id };
        call.CancelWith(source.Token);
        Ask(call);
        Says(N1, Report(N1, leader: N1) with { IsCommitted = false });
        N1.IgnoresQuestions();
        source.Cancel();
        Pass(Seconds(2));

        N1.ExpectNothing();
        Assert.False(Canceled(call).OutcomeUnknown);
    }

    [Fact]
    public void A_change_that_is_canceled_before_it_was_sent_is_never_sent()
    {
        using var source = new CancellationTokenSource();
        var call = Removal();
        call.CancelWith(source.Token);
        source.Cancel();
        Ask(call);
        Pass(Seconds(2));

        N1.ExpectNothing();
        Assert.False(Canceled(call).OutcomeUnknown);
    }

    [Fact]
    public void A_change_that_is_canceled_after_it_was_sent_is_unknown_and_not_sent_again()
    {
        using var source = new CancellationTokenSource();
        var call = Removal();
        call.CancelWith(source.Token);
        Ask(call);
        N1.Door.ExpectMsg<ChangeMembership>();   // And does not answer.
        source.Cancel();

        Assert.True(Canceled(call).OutcomeUnknown);
        Assert.Equal(source.Token, Canceled(call).CancellationToken);
        Pass(Seconds(5));
        N1.ExpectNothing();
    }

    private static MembersCall Removal() => new([new MemberChange.Remove(new ServerId("n3"))], Seconds(10));

    private static CallCanceledException Canceled(MembersCall call) =>
        Assert.IsType<CallCanceledException>(call.Outcome.Exception!.InnerException);

    [Fact]
    public void After_a_hand_over_it_is_told_who_leads()
    {
        var call = Ask(new MembersCall([], Seconds(10)) { HandsOver = true, Target = N2.Id });
        var asked = N1.Door.ExpectMsg<HandOver>();
        Assert.Equal(N2.Id, asked.Target);
        Says(N1, new HandedOver(asked.Id, N2.Id));
        Pass(Milliseconds(200));
        N1.Door.ExpectMsg<AskMembers>();
        Says(N1, Report(N1, leader: N2));
        Pass(Milliseconds(200));
        N2.Door.ExpectMsg<AskMembers>();
        Says(N2, Report(N2, leader: N2));

        Assert.Equal(N2.Id, Done(call).Leader);
    }

    [Fact]
    public void A_hand_over_that_was_given_up_says_why()
    {
        var call = Ask(new MembersCall([], Seconds(10)) { HandsOver = true, Target = N2.Id });
        Says(N1, new NotHandedOver(
            N1.Door.ExpectMsg<HandOver>().Id, "n2 did not catch up within an election timeout", View(5, N1)));

        Assert.Contains(
            "did not catch up", Assert.IsType<NotHandedOverException>(call.Outcome.Exception!.InnerException).Message,
            StringComparison.Ordinal);
    }

    private sealed class Heard : List<ClusterMember>, IProgress<ClusterMember>
    {
        public void Report(ClusterMember value) => Add(value);
    }

    private MembersCall Ask(MembersCall call)
    {
        N1.IgnoresQuestions();
        _asker = Start(MembersAsker.Props(call, Settings, this, Settings.Seeds), $"asker-{++_try}");
        return call;
    }

    private static long Asked(PlayedServer server) => server.Door.ExpectMsg<ChangeMembership>().Id;

    private MembersNotChanged Refusal(MembershipRefusal reason) =>
        new(Asked(N1), reason, "no", View(term: 5, leader: N1));

    private static ClusterMembers Done(MembersCall call)
    {
        Assert.True(call.Outcome.IsCompletedSuccessfully, call.Outcome.Exception?.ToString() ?? "it waits");
        return call.Outcome.Result;
    }

    private void Says(PlayedServer server, object reply) => _asker.Tell(reply, server.Door.Ref);

    private MembersReport Report(PlayedServer server, PlayedServer leader) => new(
        server.Id, View(term: 5, leader), new LogIndex(7), true, Known("n1", "n2", "n3"), new LogIndex(9), []);

    private static Configuration Known(params string[] servers) =>
        Configuration.Of(servers.Select(server => new Member(new ServerId(server), $"{server}:1")));
}
