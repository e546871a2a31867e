using Akka.Actor;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Tests;

/// <summary>Returns the ball, and sets it going again when told so by a timer.</summary>
internal sealed class ToyPlayer(int returns) : UntypedActor
{
    private int _returns = returns;

    public static Props Props(int returns) => Akka.Actor.Props.Create(() => new ToyPlayer(returns));

    protected override void OnReceive(object message)
    {
        if (_returns-- <= 0) return;
        if (_returns % 7 == 0)
            Context.System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(20), Self, "again", Sender);
        else
            Sender.Tell("ball", Self);
    }
}

/// <summary>Does with every message what the test says.</summary>
internal sealed class ToyActor(Action<IActorContext, object> behaviour) : UntypedActor
{
    public static Props Props(Action<IActorContext, object> behaviour) =>
        Akka.Actor.Props.Create(() => new ToyActor(behaviour));

    protected override void OnReceive(object message) => behaviour(Context, message);
}

internal static class ToyHosts
{
    public static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Starts an actor that does with every message what the test says.</summary>
    public static IActorRef Start(this Host host, string name, Action<IActorContext, object> behaviour) =>
        host.Run(() => host.System.ActorOf(ToyActor.Props(behaviour), name));

    public static void Tell(this Host host, IActorRef actor, object message) =>
        host.Run(() => actor.Tell(message, ActorRefs.NoSender));
}
