using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>
/// A durable write vouches for whatever the log has at its indexes now, as if writes were acknowledged by index
/// instead of by ticket: also for entries that replaced its own and are still on their way to the disk.
/// </summary>
internal sealed class StaleTicket : Breakage
{
    private readonly Dictionary<IActorRef, List<WriteLog>> _writes = [];

    public override bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope)
    {
        switch (envelope.Message)
        {
            case WriteLog write:
                WritesFrom(envelope.Sender).Add(write);
                break;
            case LogWritten written:
                envelope = new Envelope(new LogWritten(Vouched(WritesFrom(receiver), written.Through)), envelope.Sender);
                break;
        }

        return true;
    }

    private static WriteTicket Vouched(List<WriteLog> writes, WriteTicket through)
    {
        var highest = LogIndex.Zero;
        foreach (var write in writes)
            if (write.Ticket <= through && !write.Entries.IsEmpty) highest = LogIndex.Max(highest, write.Entries.Last.Index);

        foreach (var write in writes)
        {
            if (write.Ticket <= through) continue;
            if (write.Entries.IsEmpty || write.Entries.Last.Index > highest) break;
            through = write.Ticket;
        }

        return through;
    }

    // By the actor that writes: every start of a server counts its tickets anew.
    private List<WriteLog> WritesFrom(IActorRef server)
    {
        if (!_writes.TryGetValue(server, out var writes)) _writes.Add(server, writes = []);
        return writes;
    }
}
