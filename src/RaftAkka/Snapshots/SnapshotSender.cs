using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Snapshots;

/// <summary>
/// Sends one snapshot to one follower, on a thread of its own: a bounded number of parts ahead of what the follower
/// says it has, so that it costs little memory, and heartbeats on the same connection wait behind little. It begins
/// by asking with one part, as it does when it hears nothing for a while: the follower may have some of the snapshot
/// already, or none of it any more. Where the file cannot be read, it tells the server why, and tries again after a while.
/// </summary>
internal sealed class SnapshotSender : UntypedActor
{
    private readonly SendSnapshot _job;
    private readonly IPeers _peers;
    private readonly IActorRef _server;
    private readonly SendingPace _pace;
    private readonly SnapshotStore _store;
    private SnapshotFileReader? _file;

    private bool _isAsking = true;
    private long _acknowledged;
    private long _next;
    private TimeSpan _lastProgress;
    private ICancelable _timer = Cancelable.CreateCanceled();

    public SnapshotSender(SnapshotStore store, IPeers peers, SendSnapshot job, IActorRef server, SendingPace pace) =>
        (_store, _job, _peers, _server, _pace) = (store, job, peers, server, pace);

    public static Props Props(
        SnapshotStore store, IPeers peers, SendSnapshot job, IActorRef server, SendingPace pace) =>
        Akka.Actor.Props.Create(() => new SnapshotSender(store, peers, job, server, pace))
            .WithDispatcher(SnapshotWriter.Dispatcher);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart() => Ask();

    protected override void PostStop()
    {
        _timer.Cancel();
        _file?.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChunkAcknowledged acknowledged: OnAcknowledged(acknowledged); break;
            case LookAgain:                      OnLookAgain();                break;
            default:                             Unhandled(message);           break;
        }
    }

    private void OnAcknowledged(ChunkAcknowledged acknowledged)
    {
        var next = acknowledged.NextOffset;
        if (acknowledged.Last != _job.Snapshot.Last || next >= _job.Snapshot.Bytes) return;

        // In the flow, what says no more than what is known is late or repeated. The answer to a question counts
        // whatever it says: a follower that restarted has less than before.
        if (!_isAsking && next <= _acknowledged) return;

        _next = _isAsking ? next : Math.Max(_next, next);
        (_isAsking, _acknowledged, _lastProgress) = (false, next, Now);
        while (_next < _job.Snapshot.Bytes && _next - _acknowledged < _pace.WindowBytes)
            if (!TrySendNext()) return;
    }

    private void OnLookAgain()
    {
        var rest = _lastProgress + _pace.Patience - Now;
        if (rest > TimeSpan.Zero) Wait(rest);
        else Ask();
    }

    private void Ask()
    {
        (_isAsking, _next, _lastProgress) = (true, _acknowledged, Now);
        TrySendNext();
        Wait(_pace.Patience);
    }

    private bool TrySendNext()
    {
        try
        {
            _file ??= _store.Read(_job.Snapshot);
            SendNext(_file);
            return true;
        }
        catch (DiskException e)
        {
            _file?.Dispose();
            _file = null;
            _server.Tell(new SnapshotNotSent(_job.Snapshot, _job.To, $"{e.Message}. {e.Cure}"));
            return false;
        }
    }

    private void SendNext(SnapshotFileReader file)
    {
        var snapshot = _job.Snapshot;
        var chunk = new byte[(int)Math.Min(_pace.ChunkBytes, snapshot.Bytes - _next)];

        // Bytes that are missing or wrong are found by the follower, who verifies the whole.
        file.Read(_next, chunk);
        var part = new InstallSnapshot(_job.Header, snapshot.Last, snapshot.Bytes, snapshot.Checksum, _next, chunk);
        _peers.Tell(_job.To, part, _server);
        _next += chunk.Length;
    }

    private void Wait(TimeSpan time) =>
        _timer = Context.System.Scheduler.TellAfter(time, Self, LookAgain.Instance);

    private sealed class LookAgain
    {
        public static readonly LookAgain Instance = new();
    }
}

/// <summary>How a snapshot is sent.</summary>
/// <param name="Patience">How long to wait for a sign that a part arrived before it is sent again.</param>
/// <param name="ChunkBytes">The bytes of a part; at most <see cref="InstallSnapshot.ChunkBytesMax"/>.</param>
internal sealed record SendingPace(TimeSpan Patience, int ChunkBytes = InstallSnapshot.ChunkBytesMax)
{
    private const int WindowChunks = 16;

    /// <summary>What may be on its way and not acknowledged: less than a megabyte.</summary>
    public long WindowBytes => WindowChunks * (long)ChunkBytes;
}
