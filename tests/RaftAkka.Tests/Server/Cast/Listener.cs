using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>
/// Someone in a story who hears what the server says. All actors of a story run on the test's own thread: what the
/// server has to say to a message is said when the telling of it returns, so nobody waits for anything.
/// </summary>
internal class Listener(TestProbe probe, Func<IActorRef> server)
{
    public IActorRef Ref => probe.Ref;

    /// <summary>The next message, which must be of this kind.</summary>
    public T Hears<T>()
    {
        var message = probe.ReceiveOne(TimeSpan.Zero);
        Assert.True(message is T, $"expected to hear {typeof(T).Name}, heard {message ?? "nothing"}");
        return (T)message!;
    }

    public void HearsNothing() => Assert.Empty(HearsAll());

    /// <summary>Everything that was said and not yet heard.</summary>
    public IReadOnlyList<object> HearsAll()
    {
        var messages = new List<object>();
        while (probe.ReceiveOne(TimeSpan.Zero) is { } message) messages.Add(message);
        return messages;
    }

    public void Says(object message) => server().Tell(message, probe.Ref);

    public void Reads(long batch, ReadConsistency consistency = ReadConsistency.Linearizable, int bytes = 3) =>
        Says(new ReadQueries(batch, new byte[bytes], consistency));

    public void Proposes(long batch, string payload = "put", EntryKind kind = EntryKind.Commands) =>
        Says(new Propose(batch, kind, System.Text.Encoding.ASCII.GetBytes(payload)));
}
