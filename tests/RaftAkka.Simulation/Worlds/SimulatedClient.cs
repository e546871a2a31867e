using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// A client's machine: the real client actor, and in front of it some users who call one thing after another and
/// note what they saw. The answers are looked at after every turn of the host, so that no other thread is needed.
/// </summary>
internal sealed class SimulatedClient
{
    private readonly World _world;
    private readonly Host _host;
    private readonly IActorRef _actor;
    private readonly ClientDoor _door = new();
    private readonly List<Waiting> _waiting = [];

    public SimulatedClient(World world, string name, ReadFrom? readFrom = null)
    {
        (_world, Name) = (world, name);
        var dice = world.Loop.Dice.Fork($"client {name}");
        _host = new Host(world.Loop, name)
        {
            Handling = (owner, envelope) => world.OnHandling(name, owner, envelope),
            TurnTaken = LookForAnswers,
        };
        _host.Listen(error => OnError((Error)error), typeof(Error));

        var settings = world.Settings.Client with
        {
            Cluster = world.Cluster,
            Group = world.Group,
            Seeds = [.. world.Members.Select(member => member.Address)],
            ReadFrom = readFrom ?? dice.Pick([ReadFrom.Leader, ReadFrom.Any]),
            ServerTimeout = dice.Pick(world.Settings.ServerTimeouts),
        };
        var seed = dice.Below(int.MaxValue);
        var (random, tokens) = (new Random(seed), new Random(~seed));
        _actor = _host.Run(() => _host.System.ActorOf(
            RaftClientActor.Props(settings, new SimulatedServers(world, _host), name, random, DrawToken(tokens), _door), "client"));
    }

    public string Name { get; }

    /// <summary>How many calls wait for their answers.</summary>
    public int Open => _waiting.Count;

    /// <summary>Calls, and hears later what came of it: the result, or why there is none.</summary>
    public void Call(ClientCallKind kind, byte[] body, TimeSpan timeout, Action<ReadOnlyMemory<byte>?, Exception?> answered) =>
        Call(new ClientCall(kind, body, timeout), answered);

    /// <summary>The same, for a query with a promise of its own.</summary>
    public void Call(ClientCall call, Action<ReadOnlyMemory<byte>?, Exception?> answered)
    {
        _waiting.Add(new Waiting(call, answered));
        _host.Run(() => _door.Submit(call, _actor));
    }

    /// <summary>The transport of this client notices that a connection broke.</summary>
    public void NoticeLostConnection(Address to) => _host.Run(() => _host.System.EventStream.Publish(
        new DisassociatedEvent(_host.Address, to, inbound: false)));

    // Any two draws differ, and a run with the same seed draws the same.
    private static Func<SessionToken> DrawToken(Random random) =>
        () => new SessionToken((ulong)random.NextInt64(), (ulong)random.NextInt64(1, long.MaxValue));

    private void LookForAnswers()
    {
        for (var number = 0; number < _waiting.Count; number++)
        {
            var (call, answered) = _waiting[number];
            if (!call.Outcome.IsCompleted) continue;

            _waiting.RemoveAt(number--);
            if (call.Outcome.IsCompletedSuccessfully) answered(call.Outcome.Result, null);
            else answered(null, call.Outcome.Exception!.InnerException);
        }
    }

    private void OnError(Error error)
    {
        if (error.Cause is not null) _world.OnActorFailed(Name, error.Cause);
    }

    private readonly record struct Waiting(ClientCall Call, Action<ReadOnlyMemory<byte>?, Exception?> Answered);
}
