using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Sessions;

/// <summary>How a client's session in the cluster begins and ends: with its token, and by its owner's share.</summary>
public sealed class RegistrationTests : SessionTest
{
    [Fact]
    public void A_registration_is_proposed_with_the_clients_token_and_answered_with_the_entrys_index()
    {
        var session = StartSession();
        session.Tell(new RegisterSession(3, Token), Ann.Ref);

        var propose = Server.ExpectMsg<Propose>();
        Assert.Equal((3, EntryKind.OpenSession), (propose.Batch, propose.Kind));
        Assert.True(SessionOpening.TryDecode(propose.Payload.Span, out var opening));
        Assert.Equal(new SessionOpening(Token, ""), opening);

        Server.Reply(new ProposalApplied(3, new LogIndex(42), []));
        Assert.Equal(new SessionRegistered(3, new LogIndex(42)), Ann.ExpectMsg<SessionRegistered>());
    }

    // It would be known by the index alone, which anybody can guess, and which a cluster that is set up anew uses again.
    [Fact]
    public void A_registration_without_a_token_is_refused_with_what_to_do()
    {
        var session = StartSession();
        session.Tell(new RegisterSession(3, SessionToken.None), Ann.Ref);

        var refused = Ann.ExpectMsg<BatchRefused>();
        Assert.Equal((3, RefusalReason.Malformed), (refused.Batch, refused.Reason));
        Assert.Contains("Update the client", refused.Facts, StringComparison.Ordinal);
        AssertNothingFor(Server);
    }

    [Fact]
    public void A_host_registers_only_so_many_sessions_at_a_time()
    {
        Settings = Settings with { RegistrationsPerHostMax = 2 };
        StartSessions();
        var (ann, bea) = (Connect(Ann), CreateTestProbe("bea"));
        ann.Tell(new RegisterSession(1, Token), Ann.Ref);
        ann.Tell(new RegisterSession(2, Token), Ann.Ref);
        Server.ExpectMsg<Propose>();
        Server.ExpectMsg<Propose>();

        var session = Connect(bea, "bea");   // Of the same host.
        session.Tell(new RegisterSession(1, Token), bea.Ref);
        Assert.Equal(RefusalReason.Busy, bea.ExpectMsg<BatchRefused>().Reason);
        AssertNothingFor(Server);

        Pass(Seconds(5));   // Half of them may come again.
        session.Tell(new RegisterSession(2, Token), bea.Ref);
        Server.ExpectMsg<Propose>();
        session.Tell(new RegisterSession(3, Token), bea.Ref);
        Assert.Equal(RefusalReason.Busy, bea.ExpectMsg<BatchRefused>().Reason);
    }

    [Fact]
    public void A_client_that_says_goodbye_takes_its_session_with_it()
    {
        var session = StartSession();
        session.Tell(new DisconnectClient(new SessionId(7, Token)), Ann.Ref);

        Assert.Equal(new SessionLeft(new SessionId(7, Token)), Server.ExpectMsg<SessionLeft>());
        Assert.NotEqual(session, Connect(Ann));
    }

    [Fact]
    public void A_goodbye_without_a_session_or_with_one_that_has_no_token_ends_none()
    {
        StartSessions();
        Connect(Ann).Tell(new DisconnectClient(), Ann.Ref);
        Connect(Ann).Tell(new DisconnectClient(new SessionId(7)), Ann.Ref);

        AssertNothingFor(Server);
    }
}
