using System.Text;
using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Sessions;

public sealed class ClientSessionTests : SessionTest
{
    [Fact]
    public void Commands_are_proposed_as_they_came_and_answered_with_their_results()
    {
        var session = StartSession();
        var payload = Payload();
        session.Tell(new SendCommands(3, payload), Ann.Ref);

        var propose = Server.ExpectMsg<Propose>();
        Assert.Equal((3, EntryKind.Commands, payload), (propose.Batch, propose.Kind, propose.Payload));

        var results = new[] { new CommandResult(new SequenceNumber(1), CommandStatus.Done, default) };
        Server.Reply(new ProposalApplied(3, new LogIndex(42), results));
        var answer = Ann.ExpectMsg<BatchResults>();
        Assert.Equal(3, answer.Batch);
        Assert.Equal(results, answer.Results);
    }

    [Fact]
    public void Queries_are_read_and_not_proposed()
    {
        var session = StartSession();
        var payload = Payload();
        session.Tell(new SendQueries(3, payload, ReadConsistency.Stale), Ann.Ref);
        Assert.Equal(new ReadQueries(3, payload, ReadConsistency.Stale), Server.ExpectMsg<ReadQueries>());

        var results = new[] { new CommandResult(new SequenceNumber(1), CommandStatus.Done, default) };
        Server.Reply(new QueriesAnswered(3, results));
        var answer = Ann.ExpectMsg<BatchResults>();
        Assert.Equal(3, answer.Batch);
        Assert.Equal(results, answer.Results);
    }

    [Fact]
    public void Queries_that_the_server_refuses_are_refused_with_its_view()
    {
        var session = StartSession();
        session.Tell(new SendQueries(3, Payload()), Ann.Ref);
        Server.ExpectMsg<ReadQueries>();
        var view = LedBy("n2", term: 9);
        Server.Reply(new ProposalRefused(3, RefusalReason.NotLeader, view, ""));
        Assert.Equal(new BatchRefused(3, RefusalReason.NotLeader, view, ""), Ann.ExpectMsg<BatchRefused>());

        Server.Reply(new QueriesAnswered(3, []));   // Once is enough.
        AssertNothingFor(Ann);
    }

    [Fact]
    public void Results_of_queries_that_do_not_fit_one_message_are_cut_like_those_of_commands()
    {
        var session = StartSession();
        session.Tell(new SendQueries(3, Payload()), Ann.Ref);
        Server.ExpectMsg<ReadQueries>();
        var large = new byte[IStateMachine.ResultBytesMax];
        Server.Reply(new QueriesAnswered(3,
        [
            new CommandResult(new SequenceNumber(1), CommandStatus.Done, large),
            new CommandResult(new SequenceNumber(2), CommandStatus.Done, large),
        ]));

        Assert.Equal(new SequenceNumber(1), Assert.Single(Ann.ExpectMsg<BatchResults>().Results).Sequence);
    }

    [Theory]
    [InlineData(RefusalReason.NotLeader)]
    [InlineData(RefusalReason.LeadershipLost)]
    [InlineData(RefusalReason.Busy)]
    internal void The_servers_refusal_is_passed_on_as_it_is(RefusalReason reason)
    {
        var session = StartSession();
        session.Tell(new SendCommands(3, Payload()), Ann.Ref);
        Server.ExpectMsg<Propose>();
        var view = LedBy("n2", term: 9);
        Server.Reply(new ProposalRefused(3, reason, view, "facts"));

        Assert.Equal(new BatchRefused(3, reason, view, "facts"), Ann.ExpectMsg<BatchRefused>());
    }

    [Fact]
    public void Whether_the_server_leads_is_the_servers_to_say()
    {
        var session = StartSession();
        Sessions.Tell(new ViewChanged(LedBy("n2", term: 9)));
        Ann.ExpectMsg<KeepAliveReply>();
        session.Tell(new SendCommands(3, Payload()), Ann.Ref);
        Server.ExpectMsg<Propose>();
    }

    [Fact]
    public void A_batch_that_is_too_large_is_refused_with_the_numbers_before_it_touches_the_log()
    {
        Settings = Settings with { BatchBytesMax = 100 };
        var session = StartSession();
        var bodyMax = 100 - CommandBatch.HeaderBytes - CommandBatch.CommandHeaderBytes;
        session.Tell(new SendCommands(1, Payload(bodyMax + 1)), Ann.Ref);

        var refused = Ann.ExpectMsg<BatchRefused>();
        Assert.Equal(RefusalReason.TooLarge, refused.Reason);
        Assert.Contains("101 bytes", refused.Facts, StringComparison.Ordinal);
        Assert.Contains("at most 100", refused.Facts, StringComparison.Ordinal);
        AssertNothingFor(Server);

        session.Tell(new SendQueries(2, Payload(bodyMax)), Ann.Ref);
        Server.ExpectMsg<ReadQueries>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("no batch of commands at all")]
    public void Bytes_that_are_no_batch_are_refused(string bytes)
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, Encoding.UTF8.GetBytes(bytes)), Ann.Ref);
        Assert.Equal(RefusalReason.Malformed, Ann.ExpectMsg<BatchRefused>().Reason);
        session.Tell(new SendQueries(2, Encoding.UTF8.GetBytes(bytes)), Ann.Ref);
        Assert.Equal(RefusalReason.Malformed, Ann.ExpectMsg<BatchRefused>().Reason);
        AssertNothingFor(Server);
    }

    [Fact]
    public void An_empty_batch_is_refused()
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, CommandBatch.Encode(new SessionId(10), default, [])), Ann.Ref);
        Assert.Equal(RefusalReason.Malformed, Ann.ExpectMsg<BatchRefused>().Reason);
    }

    [Fact]
    public void More_unanswered_requests_than_the_limit_are_refused_as_busy()
    {
        Settings = Settings with { BatchesInFlightMax = 2 };
        var session = StartSession();
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        session.Tell(new SendQueries(2, Payload()), Ann.Ref);
        session.Tell(new RegisterSession(3, Token), Ann.Ref);
        Assert.Equal((3, RefusalReason.Busy), Batch(Ann.ExpectMsg<BatchRefused>()));

        Server.ExpectMsg<Propose>();
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Ann.ExpectMsg<BatchResults>();
        session.Tell(new RegisterSession(4, Token), Ann.Ref);
        AssertNothingFor(Ann);

        static (long, RefusalReason) Batch(BatchRefused refused) => (refused.Batch, refused.Reason);
    }

    [Fact]
    public void A_copy_of_a_request_is_not_proposed_not_even_after_the_first_was_refused()
    {
        var session = StartSession();
        var request = new SendCommands(1, Payload());
        session.Tell(request, Ann.Ref);
        session.Tell(request, Ann.Ref);
        Server.ExpectMsg<Propose>();
        AssertNothingFor(Server);

        Server.Reply(new ProposalRefused(1, RefusalReason.NotLeader, ClusterView.Empty, ""));
        Ann.ExpectMsg<BatchRefused>();
        session.Tell(request, Ann.Ref);   // The client counts on it: this try is surely not in the log.
        AssertNothingFor(Server);
        AssertNothingFor(Ann);
    }

    [Fact]
    public void An_answer_of_the_server_that_comes_twice_is_passed_on_once()
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        Server.ExpectMsg<Propose>();
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Server.Reply(new ProposalRefused(1, RefusalReason.LeadershipLost, ClusterView.Empty, ""));

        Ann.ExpectMsg<BatchResults>();
        AssertNothingFor(Ann);
    }

    [Fact]
    public void Each_answer_goes_to_who_sent_the_request()
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        var again = CreateTestProbe("ann-again");
        Connect(again);
        session.Tell(new SendCommands(2, Payload()), again.Ref);

        Server.ExpectMsg<Propose>();
        Server.ExpectMsg<Propose>();
        Server.Reply(new ProposalApplied(2, new LogIndex(43), []));
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Assert.Equal(2, again.ExpectMsg<BatchResults>().Batch);
        Assert.Equal(1, Ann.ExpectMsg<BatchResults>().Batch);
    }

    [Fact]
    public void A_keep_alive_is_answered_with_the_present_view()
    {
        var session = StartSession();
        Sessions.Tell(new ViewChanged(new ClusterView(new Term(9), null, Settings.Members)));
        session.Tell(new KeepAlive(), Ann.Ref);
        Assert.Equal(new Term(9), Ann.ExpectMsg<KeepAliveReply>().View.Term);
    }

    [Fact]
    public void A_keep_alive_that_names_a_session_renews_it_at_the_server()
    {
        var session = StartSession();
        session.Tell(new KeepAlive(), Ann.Ref);
        AssertNothingFor(Server);

        session.Tell(new KeepAlive(new SessionId(7)), Ann.Ref);

        Assert.Equal(new SessionAlive(new SessionId(7)), Server.ExpectMsg<SessionAlive>());
    }

    [Fact]
    public void News_of_a_leader_goes_to_the_client_unasked_and_other_news_does_not()
    {
        StartSession();
        Sessions.Tell(new ViewChanged(new ClusterView(new Term(9), null, Settings.Members)));
        AssertNothingFor(Ann);

        Sessions.Tell(new ViewChanged(LedBy("n2", term: 10)));
        Assert.Equal(new ServerId("n2"), Ann.ExpectMsg<KeepAliveReply>().View.Leader);

        Sessions.Tell(new ViewChanged(LedBy("n2", term: 10)));
        AssertNothingFor(Ann);

        Sessions.Tell(new ViewChanged(LedBy("n2", term: 11)));   // Elected again.
        Ann.ExpectMsg<KeepAliveReply>();
    }

    [Fact]
    public void A_silent_client_is_forgotten()
    {
        var session = StartSession();
        Watch(session);
        Pass(Seconds(29.9));
        AssertAlive(session);

        Pass(Seconds(0.1));
        ExpectTerminated(session);
        Assert.NotEqual(session, Connect(Ann));
    }

    [Fact]
    public void Anything_that_a_client_says_keeps_its_session_actor()
    {
        var session = StartSession();
        Watch(session);
        IClientRequest[] requests =
        [
            new KeepAlive(), new SendCommands(1, Payload()), new SendQueries(2, Payload()),
            new RegisterSession(3, Token), new SendCommands(4, default),
        ];
        foreach (var request in requests)
        {
            Pass(Seconds(29));
            session.Tell(request, Ann.Ref);
        }

        Pass(Seconds(29));
        Sessions.Tell(new ConnectClient(Cluster, Group, "ann"), Ann.Ref);
        Pass(Seconds(29));
        AssertAlive(session);
    }

    [Fact]
    public void Answers_of_the_server_say_nothing_about_the_client()
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        Watch(session);
        Pass(Seconds(20));
        Server.ExpectMsg<Propose>();
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Pass(Seconds(10));
        ExpectTerminated(session);
    }

    [Fact]
    public void A_broken_connection_shortens_the_patience_to_a_quarter()
    {
        var session = StartSession();
        Watch(session);
        Sys.EventStream.Publish(Disassociated(Ann.Ref.Path.Address));
        Pass(Seconds(7.4));
        AssertAlive(session);

        Pass(Seconds(0.1));
        ExpectTerminated(session);
    }

    [Fact]
    public void A_client_that_comes_back_after_a_broken_connection_finds_its_requests_under_way()
    {
        var session = StartSession();
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        Sys.EventStream.Publish(Disassociated(Ann.Ref.Path.Address));
        Assert.Equal(session, Connect(Ann));

        Pass(Seconds(29));
        Server.ExpectMsg<Propose>();
        Server.Reply(new ProposalApplied(1, new LogIndex(42), []));
        Ann.ExpectMsg<BatchResults>();
    }

    [Fact]
    public void Somebody_elses_broken_connection_changes_nothing()
    {
        var session = StartSession();
        Watch(session);
        Sys.EventStream.Publish(Disassociated(new Address("akka.tcp", "clients", "elsewhere", 7)));
        Pass(Seconds(29));
        AssertAlive(session);
    }

    [Fact]
    public void A_client_that_says_goodbye_is_forgotten_at_once()
    {
        var session = StartSession();
        Watch(session);
        session.Tell(new DisconnectClient(), Ann.Ref);
        ExpectTerminated(session);
        AssertNothingFor(Ann);
    }

    [Fact]
    public void Messages_that_are_not_for_it_are_ignored()
    {
        var session = StartSession();
        session.Tell("gibberish", Ann.Ref);
        AssertNothingFor(Ann);
        AssertAlive(session);
    }

    // Watched from here on at the latest; asking it would keep it alive.
    private void AssertAlive(IActorRef session)
    {
        Watch(session);
        Assert.False(HasMessages, "the session actor has ended");
    }
}
