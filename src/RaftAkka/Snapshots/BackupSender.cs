using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Snapshots;

/// <summary>
/// Sends one backup to one client, on a thread of its own. First a read of nothing is confirmed, like any linearizable
/// read; then the server provides a snapshot of at least what that read saw, so that everything acknowledged before is
/// in it; then the snapshot's file goes out, a bounded number of parts ahead of what the client says it has. The file
/// is held open, so that it stays whole when the server deletes it for a newer one.
/// </summary>
internal sealed class BackupSender : UntypedActor
{
    /// <summary>So many at a time on one server: each holds the place of a snapshot, and a thread.</summary>
    public const int BackupsMax = 2;

    /// <summary>A client that has nothing to say for so long is gone.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What was sent is sent again at most so often: a word of the client must not cost many of ours.</summary>
    public static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(1);

    private const int WindowParts = 16;

    private readonly SnapshotStore _store;
    private readonly IActorRef _server;
    private readonly IActorRef _client;
    private readonly int _chunkBytes;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SnapshotFileReader? _file;
    private uint _checksum;
    private long _checksummed;   // How far from its beginning the file was read in order.
    private long _acknowledged;
    private long _next;
    private TimeSpan _lastRewind = TimeSpan.MinValue;
    private TimeSpan _lastHeard;
    private ICancelable _timer = Cancelable.CreateCanceled();

    public BackupSender(SnapshotStore store, IActorRef server, IActorRef client, int chunkBytes) =>
        (_store, _server, _client, _chunkBytes) = (store, server, client, chunkBytes);

    public static Props Props(SnapshotStore store, IActorRef server, IActorRef client, int chunkBytes) =>
        Akka.Actor.Props.Create(() => new BackupSender(store, server, client, chunkBytes))
            .WithDispatcher(SnapshotWriter.Dispatcher);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _lastHeard = Now;
        _server.Tell(new ReadQueries(
            Batch: 1, CommandBatch.Encode(new SessionId(0), new SequenceNumber(0), []), ReadConsistency.Linearizable));
    }

    protected override void PostStop()
    {
        _timer.Cancel();
        _file?.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case QueriesAnswered:             _server.Tell(RequestBackupSnapshot.Instance); break;
            case ProposalRefused refused:     Refuse(NoLeader(refused), isFinal: false);    break;
            case BackupSnapshot found:        OnSnapshot(found.Snapshot);                   break;
            case BackupSnapshotFailed failed: Refuse(failed.Problem, isFinal: false);       break;
            case DisconnectClient:            Context.Stop(Self);                           break;
            case AnnounceAgain:                                                             break;   // It takes its time.
            default:                          Unhandled(message);                           break;
        }
    }

    private void Sending(SnapshotFileReader file, object message)
    {
        switch (message)
        {
            case ContinueBackup next: OnContinue(file, next);      break;
            case AnnounceAgain:       Announce(file.Snapshot);     break;   // The first announcement got lost.
            case CheckIdle:           OnCheckIdle();               break;
            case DisconnectClient:    Context.Stop(Self);          break;
            default:                  Unhandled(message);          break;
        }
    }

    private void OnSnapshot(StoredSnapshot snapshot)
    {
        try
        {
            _file = _store.Read(snapshot);
        }
        catch (DiskException e)
        {
            RefuseFile(snapshot, $"the {snapshot} cannot be opened: {e.Message}");
            return;
        }

        var file = _file;
        Become(message => Sending(file, message));
        _lastHeard = Now;
        CheckIdleAfter(IdleTimeout);
        _log.Info("sends the {0} as a backup to {1}", snapshot, _client.Path);
        Announce(snapshot);
    }

    private void Announce(StoredSnapshot snapshot) =>
        _client.Tell(new BackupOpened(_store.Server, snapshot.Last, snapshot.Bytes, snapshot.Checksum), Self);

    private void OnContinue(SnapshotFileReader file, ContinueBackup next)
    {
        if (next.Offset < _acknowledged || next.Offset > _next) return;   // Late, or made up.

        _lastHeard = Now;
        if (next.Offset == file.Snapshot.Bytes)
        {
            Context.Stop(Self);
            return;
        }

        if (next.Offset == _acknowledged && _next > _acknowledged && !TryRewind()) return;

        _acknowledged = next.Offset;
        while (_next < file.Snapshot.Bytes && _next - _acknowledged < WindowParts * (long)_chunkBytes)
            if (!TrySendNext(file)) return;
    }

    private bool TryRewind()
    {
        if (_lastRewind != TimeSpan.MinValue && Now - _lastRewind < ResendInterval) return false;
        (_lastRewind, _next) = (Now, _acknowledged);
        return true;
    }

    private bool TrySendNext(SnapshotFileReader file)
    {
        var chunk = new byte[(int)Math.Min(_chunkBytes, file.Snapshot.Bytes - _next)];
        try
        {
            file.Read(_next, chunk);
        }
        catch (DiskException e)
        {
            RefuseFile(file.Snapshot, $"the {file.Snapshot} cannot be read: {e.Message}");
            return false;
        }

        // The client verifies the whole, too, and cannot know whose disk it was.
        if (!IsSoundSoFar(file.Snapshot, chunk))
        {
            RefuseFile(file.Snapshot, $"the file of its {file.Snapshot} is damaged on its disk");
            return false;
        }

        _client.Tell(new BackupPart(_next, chunk), Self);
        _next += chunk.Length;
        return true;
    }

    private bool IsSoundSoFar(StoredSnapshot snapshot, ReadOnlySpan<byte> chunk)
    {
        if (_next != _checksummed) return true;   // Sent again, and looked at before.

        var summed = snapshot.Bytes - SnapshotFileBlocks.ChecksumBytes;   // The checksum stands behind what it is of.
        var count = (int)Math.Clamp(summed - _next, 0, chunk.Length);
        _checksum = _next == 0 ? Crc32C.Compute(chunk[..count]) : Crc32C.Continue(_checksum, chunk[..count]);
        _checksummed += chunk.Length;
        return _checksummed < snapshot.Bytes || _checksum == snapshot.Checksum;
    }

    private void RefuseFile(StoredSnapshot snapshot, string problem)
    {
        _server.Tell(new SnapshotNotSent(snapshot, To: null, problem));
        Refuse($"{problem}. It takes a new one by itself: ask again, or ask another server (--server)", isFinal: true);
    }

    private void OnCheckIdle()
    {
        var rest = _lastHeard + IdleTimeout - Now;
        if (rest > TimeSpan.Zero)
        {
            CheckIdleAfter(rest);
            return;
        }

        _log.Info("the client of a backup, {0}, was silent for {1}: it is not sent any more", _client.Path, IdleTimeout);
        Context.Stop(Self);
    }

    private void Refuse(string problem, bool isFinal)
    {
        _log.Warning("a backup could not be made: {0}", problem);
        _client.Tell(new ClientRefused(_store.Server, $"{_store.Server} has no backup: {problem}", isFinal), Self);
        Context.Stop(Self);
    }

    private void CheckIdleAfter(TimeSpan delay) =>
        _timer = Context.System.Scheduler.TellAfter(delay, Self, CheckIdle.Instance);

    private static string NoLeader(ProposalRefused refused) => refused.Facts.Length > 0
        ? refused.Facts
        : "no leader confirms what was acknowledged so far; ask again when the cluster has one";

    /// <summary>The client has asked for its backup once more.</summary>
    public sealed class AnnounceAgain
    {
        public static readonly AnnounceAgain Instance = new();
    }

    private sealed class CheckIdle
    {
        public static readonly CheckIdle Instance = new();
    }
}
