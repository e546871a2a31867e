using Akka.TestKit;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>
/// A server that a test plays: the <c>sessions</c> actor at its address, and the client's own actor there.
/// </summary>
internal sealed class PlayedServer(ClientTest test, string name, string address)
{
    public ServerId Id { get; } = new(name);

    public string Address { get; } = address;

    public TestProbe Door { get; } = test.CreateTestProbe($"{name}-door");

    public TestProbe Session { get; } = test.CreateTestProbe($"{name}-session");

    public void ExpectConnect() => Door.ExpectMsg<ConnectClient>();

    public void ExpectNothing()
    {
        Assert.False(Door.HasMessages, $"{Id} is asked");
        Assert.False(Session.HasMessages, $"{Id} gets a request");
    }

    /// <summary>Forgets the questions so far.</summary>
    public void IgnoresQuestions()
    {
        while (Door.HasMessages) Door.ReceiveOne(TimeSpan.Zero);
    }

    public void Takes(ClusterView view, int batchBytesMax = 100_000, int batchesInFlightMax = 64) =>
        Says(new ClientConnected(Id, view, batchBytesMax, batchesInFlightMax));

    public void Says(IClientReply reply) => test.Client.Tell(reply, Session.Ref);

    public void RefusesForGood(string reason) =>
        test.Client.Tell(new ClientRefused(Id, reason, IsFinal: true), Door.Ref);

    public RegisterSession ExpectRegister() => Session.ExpectMsg<RegisterSession>();

    public void Registers(long session) =>
        Says(new SessionRegistered(ExpectRegister().Batch, new LogIndex(session)));

    public Sent ExpectCommands()
    {
        var message = Session.ExpectMsg<SendCommands>();
        return new Sent(message.Batch, message.Payload);
    }

    /// <summary>All that the client has sent to its session here and was not expected yet.</summary>
    public IReadOnlyList<object> Heard()
    {
        var heard = new List<object>();
        while (Session.HasMessages) heard.Add(Session.ReceiveOne(TimeSpan.Zero));
        return heard;
    }

    public Sent ExpectQueries()
    {
        var message = Session.ExpectMsg<SendQueries>();
        return new Sent(message.Batch, message.Payload);
    }

    /// <summary>Answers every command or query with its own text and an exclamation mark.</summary>
    public void AnswersDone(Sent sent) => Answers(sent, CommandStatus.Done);

    public void Answers(Sent sent, CommandStatus status) => Says(new BatchResults(
        sent.Number,
        [.. sent.Batch.Commands.Select(command => new CommandResult(
            command.Sequence, status, ClientTest.Bytes(ClientTest.Text(command.Body) + "!")))]));

    public void Refuses(Sent sent, RefusalReason reason, ClusterView? view = null) =>
        Says(new BatchRefused(sent.Number, reason, view ?? ClusterView.Empty, ""));
}

/// <summary>What reached a server.</summary>
internal sealed record Sent(long Number, ReadOnlyMemory<byte> Payload)
{
    public CommandBatch Batch { get; } = Decode(Payload);

    public string[] Texts => [.. Batch.Commands.Select(command => ClientTest.Text(command.Body))];

    public long[] Sequences => [.. Batch.Commands.Select(command => command.Sequence.Value)];

    private static CommandBatch Decode(ReadOnlyMemory<byte> payload)
    {
        Assert.True(CommandBatch.TryDecode(payload, out var batch));
        return batch;
    }
}
