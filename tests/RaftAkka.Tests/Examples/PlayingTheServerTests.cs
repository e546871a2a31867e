using Akka.Actor;
using Akka.TestKit.Xunit2;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Examples;

/// <summary>
/// Your own code and the real client, tested without any server: a probe plays the server's <c>sessions</c>
/// actor, and so every answer that a cluster may give.
/// </summary>
public sealed class PlayingTheServerTests : TestKit
{
    private static readonly ServerId N1 = new("n1");
    private static readonly ClusterView LedByN1 = new(new Term(1), N1, [new MemberAddress(N1, "n1:4053")]);

    [Fact]
    public async Task A_command_survives_a_leader_that_is_busy_and_a_session_that_expired()
    {
        var settings = new RaftClientSettings { Cluster = new ClusterId("tickets"), Seeds = ["n1:4053"] };
        await using var client = RaftClient.Start(Sys, settings, servers: _ => TestActor);
        var reservation = new TicketDesk(client).ReserveAsync("4A", "ann");

        ExpectMsg<ConnectClient>();
        IgnoreMessages<ConnectClient>();           // It asks again until it is answered.
        LastSender.Tell(new ClientConnected(N1, LedByN1, BatchBytesMax: 65_536, BatchesInFlightMax: 64));

        var register = ExpectMsg<RegisterSession>();
        LastSender.Tell(new SessionRegistered(register.Batch, new LogIndex(7)));

        var first = ExpectMsg<SendCommands>();
        LastSender.Tell(new BatchRefused(first.Batch, RefusalReason.Busy, LedByN1, "the disk is full"));

        var second = ExpectMsg<SendCommands>();    // The same bytes, and so the same session and number.
        Assert.Equal(first.Payload.ToArray(), second.Payload.ToArray());
        LastSender.Tell(Results(second, CommandStatus.SessionExpired));

        register = ExpectMsg<RegisterSession>();   // The expired session surely did not apply it.
        LastSender.Tell(new SessionRegistered(register.Batch, new LogIndex(8)));

        var third = ExpectMsg<SendCommands>();
        LastSender.Tell(Results(third, CommandStatus.Done, "ok"u8.ToArray()));

        Assert.Equal(Reservation.Confirmed, await reservation);
    }

    private static BatchResults Results(SendCommands sent, CommandStatus status, byte[]? result = null)
    {
        Assert.True(CommandBatch.TryDecode(sent.Payload, out var batch));
        return new BatchResults(
            sent.Batch,
            [.. batch.Commands.Select(command => new CommandResult(command.Sequence, status, result))]);
    }
}
