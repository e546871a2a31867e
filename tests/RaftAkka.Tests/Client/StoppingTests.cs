using Akka.Actor;
using RaftAkka.Client;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class StoppingTests : ClientTest
{
    private const long N1LastTry = 3;   // After a registration and the first command.

    [Fact]
    public void Calls_that_were_never_sent_end_as_not_applied()
    {
        StartClient();
        var call = Call("a");
        var query = Query("q");
        Stop();

        AssertFails<CommandNotAppliedException>(call);
        AssertFails<QueryFailedException>(query);
    }

    [Fact]
    public void Calls_that_were_sent_end_as_unknown()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.ExpectCommands();
        Client.Tell(StopClient.Instance);

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_call_that_comes_after_the_end_is_refused_and_does_not_hang()
    {
        StartClientWithLeader();
        Client.Tell(StopClient.Instance);

        var call = new ClientCall(ClientCallKind.Command, Bytes("a"), Seconds(10));
        Door.Submit(call, Client);
        var failure = AssertFails<CommandNotAppliedException>(call);
        Assert.Contains("stopped", failure.Message, StringComparison.Ordinal);
        Assert.True(Door.Closed.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_call_at_the_door_when_the_client_ends_is_refused_and_does_not_hang()
    {
        StartClientWithLeader();
        var call = new ClientCall(ClientCallKind.Command, Bytes("a"), Seconds(10));
        Door.Submit(call, ActorRefs.Nobody);   // The actor does not come to its knock any more.
        AssertWaits(call);
        Stop();

        AssertFails<CommandNotAppliedException>(call);
    }

    [Fact]
    public void A_broken_client_is_not_started_again_over_lost_state()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.ExpectCommands();
        Watch(Client);

        // No server sends this: the broken answer stands for an error of our own.
        EventFilter.Exception<NullReferenceException>().Expect(1, () =>
            N1.Says(new Protocol.BatchResults(N1LastTry, null!)));

        ExpectTerminated(Client);
        AssertFails<OutcomeUnknownException>(call);
        var later = new ClientCall(ClientCallKind.Command, Bytes("b"), Seconds(10));
        Door.Submit(later, Client);
        AssertFails<CommandNotAppliedException>(later);
    }

    [Fact]
    public void A_flood_at_the_door_is_taken_in_portions()
    {
        Settings = Settings with { CallsInFlightMax = 2 };
        StartClientWithSession();
        var calls = CallTogether([.. Enumerable.Range(0, 10).Select(i => $"{i}")]);

        Assert.Equal(["0", "1"], N1.ExpectCommands().Texts);
        Assert.All(calls[2..], call => AssertFails<CommandNotAppliedException>(call));
    }

    private void Stop()
    {
        Watch(Client);
        Sys.Stop(Client);
        ExpectTerminated(Client);
    }
}
