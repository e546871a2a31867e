using Akka.Actor;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>A server lets sessions expire by something that is its own, and not by what the log says.</summary>
internal sealed class WrongClocks(Func<SimulatedServer, ClockTick, byte[]> change) : Breakage
{
    /// <summary>Each server reads its own clock.</summary>
    public static WrongClocks OwnClock() => new((server, tick) =>
        ClockTick.Encode(server.Host!.Clock, tick.SessionTimeout, [.. tick.Renewed]));

    /// <summary>Each server goes by its own setting, and one of them was given another.</summary>
    public static WrongClocks OwnTimeout() => new((server, tick) =>
        ClockTick.Encode(
            tick.Time, server.Name == "s1" ? tick.SessionTimeout / 3 : tick.SessionTimeout, [.. tick.Renewed]));

    public override bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope)
    {
        if (envelope.Message is ApplyEntries apply)
            envelope = new Envelope(
                apply with { Entries = LogSlice.Of([.. apply.Entries.Select(entry => Changed(server, entry))]) },
                envelope.Sender);
        return true;
    }

    private LogEntry Changed(SimulatedServer server, LogEntry entry) =>
        entry.Kind == EntryKind.Clock && ClockTick.TryDecode(entry.Payload.Span, out var tick)
            ? LogEntry.Create(entry.Id, EntryKind.Clock, change(server, tick))
            : entry;
}
