using System.Globalization;
using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Client;

/// <summary>
/// Gets one backup from one server into a file, on a thread of its own. It asks again for what got lost; where the
/// server dies, the backup fails and leaves nothing.
/// </summary>
internal sealed class BackupAsker(BackupCall call, RaftClientSettings settings, IServers servers) : UntypedActor
{
    /// <summary>How often it looks whether to ask again, or to give up.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan AskAgainAfter = 2 * BackupSender.ResendInterval;

    private BackupFile? _file;
    private ICancelable _timer = Cancelable.CreateCanceled();
    private IActorRef _sender = ActorRefs.Nobody;
    private TimeSpan _lastProgress;
    private TimeSpan _lastAsked;
    private string _lastRefusal = "";

    public static Props Props(BackupCall call, RaftClientSettings settings, IServers servers) =>
        Akka.Actor.Props.Create(() => new BackupAsker(call, settings, servers))
            .WithDispatcher(SnapshotWriter.Dispatcher);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _lastProgress = Now;
        _timer = Context.System.Scheduler.TellEvery(TickInterval, Self, Tick.Instance);
        Attempt(source: null, () =>
        {
            _file = call.OpenFile();
            Open();
        });
    }

    protected override void PostStop()
    {
        _timer.Cancel();
        _sender.Tell(new DisconnectClient(), Self);
        CloseFile();

        // Where it ended otherwise, this changes nothing.
        call.Refuse("The client was stopped before the backup was there; nothing of it is left.");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BackupOpened opened:   OnOpened(opened);       break;
            case ClientRefused refused: OnRefusedOpening(refused); break;
            case Tick:                  OnTick(Open);           break;
            default:                    Unhandled(message);     break;
        }
    }

    private void Receiving(BackupOpened opened, object message)
    {
        switch (message)
        {
            case BackupPart part:       OnPart(opened, part);               break;
            case BackupOpened another:  OnAnother(another);                 break;
            case ClientRefused refused: OnRefused(refused);                 break;
            case Tick:                  OnTick(Continue);                   break;
            default:                    Unhandled(message);                 break;
        }
    }

    private void OnOpened(BackupOpened opened)
    {
        if (opened.Bytes is < SnapshotFileHeader.FixedBytes or > SnapshotStore.BytesMax)
        {
            End($"{opened.Server} announced a backup of {opened.Bytes} bytes, which none has.");
            return;
        }

        _sender = Sender;
        _lastProgress = Now;
        Become(message => Receiving(opened, message));
        Continue();
    }

    private void OnPart(BackupOpened opened, BackupPart part)
    {
        // What is not next is late or repeated, or follows something lost, which is asked for again.
        if (!Sender.Equals(_sender) || part.Offset != _file!.Length) return;
        if (part.Chunk.Length > opened.Bytes - part.Offset)
        {
            End($"{opened.Server} sent more than the {opened.Bytes} bytes that it had announced.");
            return;
        }

        Attempt(opened.Server, () =>
        {
            _file.Write(part.Chunk.Span);
            _lastProgress = Now;
            Continue();
            if (_file.Length == opened.Bytes) Finish(opened);
        });
    }

    private void Finish(BackupOpened opened)
    {
        var identity = new LogIdentity(settings.Cluster, settings.Group, opened.Server);
        var head = new SnapshotHead(opened.Last, ReadOnlyMemory<byte>.Empty);
        _file!.Finish(identity, new StoredSnapshot(head, opened.Bytes, opened.Checksum));
        call.Complete(new BackupTaken(opened.Server, opened.Last, opened.Bytes));
        Context.Stop(Self);
    }

    // The question was asked twice, and reached the server under two names.
    private void OnAnother(BackupOpened another)
    {
        if (!Sender.Equals(_sender)) Sender.Tell(new DisconnectClient(), Self);
        else if (_file!.Length == 0 && another.Bytes > 0) Continue();
    }

    private void OnRefusedOpening(ClientRefused refused)
    {
        _lastRefusal = refused.Reason;
        if (refused.IsFinal) End(refused.Reason);
    }

    private void OnRefused(ClientRefused refused)
    {
        if (Sender.Equals(_sender)) End($"{refused.Reason}. Nothing of the backup is left.");
    }

    private void OnTick(Action ask)
    {
        if (call.Stop.IsCancellationRequested)
        {
            CloseFile();
            call.Cancel();
            Context.Stop(Self);
        }
        else if (Now - _lastProgress >= call.Patience)
        {
            End(Silence());
        }
        else if (Now - Latest(_lastAsked, _lastProgress) >= AskAgainAfter)
        {
            ask();
        }
    }

    private void Open()
    {
        _lastAsked = Now;
        servers.At(call.Address).Tell(new OpenBackup(settings.Cluster, settings.Group), Self);
    }

    private void Continue()
    {
        _lastAsked = Now;
        _sender.Tell(new ContinueBackup(_file!.Length), Self);
    }

    private void Attempt(ServerId? source, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is IOException or ArgumentException or OperationRefusedException
            or DamagedSnapshotException or UnusableLogException)
        {
            CloseFile();
            var facts = e switch
            {
                DamagedSnapshotException => $"What {source} sent is not the snapshot that it announced ({e.Message.TrimEnd('.')}): its "
                    + "file may be damaged on its disk. Ask another server (--server).",
                DiskException disk => $"{disk.Message}. {disk.Cure}",
                _ => e.Message,
            };
            call.Fail($"{facts} No backup was made.", e);
            Context.Stop(Self);
        }
    }

    private void End(string problem)
    {
        CloseFile();   // First: whoever is told may look.
        call.Refuse(problem);
        Context.Stop(Self);
    }

    private void CloseFile()
    {
        try
        {
            _file?.Dispose();
        }
        catch (DiskException e)
        {
            call.Fail($"The unfinished backup could not be removed: {e.Message}. Delete it; it is no backup.", e);
        }

        _file = null;
    }

    private string Silence()
    {
        var seconds = call.Patience.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return $"The server at {call.Address} sent nothing for {seconds} s, so there is no backup, and nothing of it is "
            + $"left. {_lastRefusal}{(_lastRefusal.Length > 0 ? ". " : "")}Asking again, or another server, is safe.";
    }

    private static TimeSpan Latest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
