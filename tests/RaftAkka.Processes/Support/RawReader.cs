using System.Text;
using System.Threading.Channels;
using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.Processes.Support;

/// <summary>
/// Asks one server by the messages themselves. Unlike a client it does not go elsewhere when that server is silent, or
/// leads no more.
/// </summary>
internal sealed class RawReader
{
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly IActorRef _ear;
    private IActorRef _session = ActorRefs.Nobody;
    private long _batch;

    private RawReader(ActorSystem system) => _ear = system.ActorOf(Props.Create(() => new Ear(_heard.Writer)));

    /// <summary>Introduces itself to a server.</summary>
    public static async Task<RawReader> ConnectAsync(ActorSystem system, RaftClientSettings settings, string address)
    {
        var reader = new RawReader(system);
        system.ActorSelection($"akka.tcp://{settings.ServerSystem}@{address}/user/{settings.Group}/sessions").Tell(
            new ConnectClient(settings.Cluster, settings.Group, $"raw-{Guid.NewGuid():N}"), reader._ear);
        var (from, answer) = await reader.NextAsync();
        reader._session = answer is ClientConnected ? from : throw new InvalidOperationException($"{address}: {answer}");
        return reader;
    }

    /// <summary>Asks for a key. Waits for nothing.</summary>
    public void Ask(string key)
    {
        var query = Request.Get(Encoding.UTF8.GetBytes(key));
        _session.Tell(
            new SendQueries(
                ++_batch,
                CommandBatch.Encode(SessionId.None, default, [new Command(new SequenceNumber(1), query)]),
                ReadConsistency.Linearizable),
            _ear);
    }

    /// <summary>What the server says to the question that waits longest.</summary>
    public async Task<IClientReply> AnswerAsync()
    {
        while (true)
        {
            // Unasked, it says who leads when that changes.
            if ((await NextAsync()).Message is IClientReply answer and not KeepAliveReply) return answer;
        }
    }

    /// <summary>Whether an answer has this text in it.</summary>
    public static bool Says(IClientReply answer, ReadOnlySpan<byte> text)
    {
        if (answer is BatchResults results)
            foreach (var result in results.Results)
                if (result.Result.Span.IndexOf(text) >= 0) return true;
        return false;
    }

    private async Task<Heard> NextAsync()
    {
        using var end = new CancellationTokenSource(Within.Deadline);
        return await _heard.Reader.ReadAsync(end.Token);
    }

    private sealed record Heard(IActorRef From, object Message);

    private sealed class Ear(ChannelWriter<Heard> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.TryWrite(new Heard(Sender, message));
    }
}
