using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using RaftAkka.KeyValue;
using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Sessions;
using RaftAkka.Snapshots;
using RaftAkka.Simulation.Checks;
using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>One machine of the cluster: a disk that stays, and one process after another that runs the real node.</summary>
internal sealed class SimulatedServer
{
    private static readonly TimeSpan LateLookMax = TimeSpan.FromMilliseconds(20);

    private readonly World _world;
    private readonly Dice _dice;
    private KeyValueMachine _machine = new();
    private IActorRef _server = ActorRefs.Nobody;
    private IActorRef _sessions = ActorRefs.Nobody;

    public SimulatedServer(World world, ServerId id)
    {
        (_world, Id) = (world, id);
        _dice = world.Loop.Dice.Fork($"server {id}");
        Disk = new SimulatedDisk($"disk of {id}", world.Loop.Dice.Fork($"disk {id}"))
        {
            DamageableBytes = JournalProofs.ProvenBytes,
        };
        SnapshotDisk = new SimulatedDisk($"snapshots of {id}", world.Loop.Dice.Fork($"snapshots {id}"));
        Addresses = [World.AddressAt(Name)];
    }

    public ServerId Id { get; }

    public string Name => Id.Value;

    /// <summary>Where it is reached; while it moves, at two addresses, of which the last is the new one.</summary>
    public IReadOnlyList<string> Addresses { get; set; }

    /// <summary>The members of which it was told when it was set up to join; null for who was there from the beginning.</summary>
    public IReadOnlyList<MemberAddress>? Joins { get; init; }

    /// <summary>The members that somebody has written into its settings since; null where nobody has.</summary>
    public IReadOnlyList<MemberAddress>? Named { get; set; }

    /// <summary>It has left the cluster, and was taken away.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Where the log is.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>Where the snapshots are: another directory of the same machine, which loses its power with it.</summary>
    public SimulatedDisk SnapshotDisk { get; }

    /// <summary>How fast its clock runs, from its next start on.</summary>
    public double ClockRate { get; set; } = 1;

    /// <summary>How likely it is that a look at the clock comes late, from its next start on.</summary>
    public double LateLookRate { get; set; }

    /// <summary>How often a look at the clock came late.</summary>
    public long LateLooks { get; private set; }

    /// <summary>The process that runs; null while there is none.</summary>
    public Host? Host { get; private set; }

    public bool IsUp => Host is not null;

    /// <summary>Why the last process ended by itself; null where it was killed or runs.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The disk was damaged so that the server may refuse to start for good.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>It will not start with this disk again, and need not.</summary>
    public bool HasRefused => IsDamaged && Failure is not null;

    /// <summary>The state that the running process's machine has reached.</summary>
    public string Digest => _machine.Digest();

    /// <summary>How many commands the running process's machine has applied.</summary>
    public long Applied { get; private set; }

    /// <summary>Whether a node may stop over this: its disk broke, or was damaged.</summary>
    public bool MayFailOf(Exception cause) => IsTheDisks(cause)
        || (cause is UnusableLogException && (IsDamaged || Disk.Counts.Flips > 0));

    /// <summary>Whether it was the disk that failed, or the process that ended while it used it.</summary>
    public static bool IsTheDisks(Exception? cause) =>
        cause is not null && (cause is DiskException or ProcessDiedException || IsTheDisks(cause.InnerException));

    /// <summary>Asks the machine as it is now, past the log.</summary>
    public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => _machine.Query(query);

    public void Start()
    {
        if (IsUp || IsGone || _world.IsTornDown) return;

        Failure = null;
        Host = new Host(_world.Loop, Name)
        {
            ClockRate = ClockRate,
            Machine = Addresses[^1].Split(':')[0],
            LateLooks = (LateLookRate, LateLookMax),
            LookedLate = () => LateLooks++,
        };
        Host.Filter = Filter;
        Host.Handling = (owner, envelope) => _world.OnHandling(Name, owner, envelope);
        Host.Watched = OnStep;
        Host.Listen(OnFailed, typeof(RaftNodeFailed));
        Host.Listen(OnError, typeof(Error));
        Host.Run(() => Host.System.ActorOf(RaftNode.Props(_world.SettingsOf(Id), Parts()), _world.Group.Value));
        (_server, _sessions) = (ActorRefs.Nobody, ActorRefs.Nobody);
        _world.Events.Add(Name, "starts");
    }

    /// <summary>The process ends, and leaves what it had written in the page cache.</summary>
    public void Kill(string why)
    {
        if (Host is not { } host) return;

        Host = null;
        host.Kill();
        _world.Events.Add(Name, $"is killed {why}");
        _world.OnHostGone(host);
    }

    /// <summary>The machine loses its power, and its disk what was not synced.</summary>
    public void LosePower(string why)
    {
        Kill(why);
        Disk.LosePower();
        SnapshotDisk.LosePower();
        _world.Events.Add(Name, "loses its power");
    }

    /// <summary>The cluster is set up anew: one that was not there from the beginning has no part in it.</summary>
    public void BeginAnew(bool isFounder)
    {
        (IsGone, IsDamaged, Failure, Named) = (!isFounder, false, null, null);
        if (isFounder) Addresses = [World.AddressAt(Name)];
    }

    /// <summary>It is not needed any more.</summary>
    public void TakeAway()
    {
        Kill("and taken away");
        IsGone = true;
    }

    /// <summary>Says something to the running server itself, and hears what it answers; the answer may never come.</summary>
    /// <returns>Whether there was a server to hear it.</returns>
    public bool Ask(object question, Action<object> answered)
    {
        if (Door(forPeers: true) is not var (host, actor)) return false;
        host.Run(() => actor.Tell(question, new Asker(host, answered)));
        return true;
    }

    /// <summary>The actor that takes messages of this kind, if the process runs and has it.</summary>
    public (Host Host, IActorRef Actor)? Door(bool forPeers)
    {
        if (Host is not { } host) return null;
        if (_server.IsNobody()) _server = Resolve(host, RaftNode.ServerName);
        if (_sessions.IsNobody()) _sessions = Resolve(host, RaftNode.SessionsName);
        var actor = forPeers ? _server : _sessions;
        return actor.IsNobody() ? null : (host, actor);
    }

    /// <summary>The transport of this server notices that a connection broke.</summary>
    public void NoticeLostConnection(Address to)
    {
        if (Host is not { IsPaused: false } host) return;
        host.Run(() => host.System.EventStream.Publish(
            new DisassociatedEvent(host.Address, to, inbound: true)));
    }

    private IActorRef Resolve(Host host, string name)
    {
        var path = new RootActorPath(((ExtendedActorSystem)host.System).Provider.DefaultAddress)
            / "user" / _world.Group.Value / name;
        var found = host.Run(() => ((ExtendedActorSystem)host.System).Provider.ResolveActorRef(path));
        // Before the node has started its actors the path leads to a reference that is dead for ever.
        return found is ActorRefWithCell ? found : ActorRefs.Nobody;
    }

    private long _segmentsEver;

    private RaftNodeParts Parts()
    {
        var host = Host!;
        var settings = _world.SettingsOf(Id);
        (_machine, Applied) = (new KeyValueMachine(), 0);
        return new RaftNodeParts
        {
            Log = DurableLog.Props(
                () => Disk.Mount(host),
                new LogSettings
                {
                    SegmentBytes = settings.SegmentBytes,
                    TailBytesMax = settings.CacheBytesMax,
                    DrawMarkKey = () => ++_segmentsEver,
                },
                () => SnapshotDisk.Files.Keys.Any(SnapshotFileNames.IsAny)),
            Snapshots = () => new SnapshotStore(() => SnapshotDisk.Mount(host)),
            SnapshotChunkBytes = _world.Settings.SnapshotChunkBytes,
            Machine = () => _world.Break.Machine(
                new TroublesomeQueries(new CheckedMachine(_world.Machines, Id, _machine, applied => Applied = applied), _world)),
            Peers = _ => new SimulatedPeers(_world, this, host),
            Sessions = server => ClientSessions.Props(settings, server),
            Incarnation = (long)_dice.Below(int.MaxValue) << 20,
            Random = new Random(_dice.Below(int.MaxValue)),
            Rules = _world.Rules,
        };
    }

    /// <summary>The parts of a second process with this server's identity, on disks of its own, which no check watches.</summary>
    public RaftNodeParts TwinParts(Host host, SimulatedDisk log, SimulatedDisk snapshots, Dice dice)
    {
        var settings = _world.SettingsOf(Id);
        return new RaftNodeParts
        {
            Log = DurableLog.Props(
                () => log.Mount(host),
                new LogSettings { SegmentBytes = settings.SegmentBytes, TailBytesMax = settings.CacheBytesMax }),
            Snapshots = () => new SnapshotStore(() => snapshots.Mount(host)),
            Machine = () => new CheckedMachine(new MachineChecks(new Violations(_world.Events)), Id, new KeyValueMachine(), _ => { }),
            Peers = _ => new SimulatedPeers(_world, this, host) { IsWatched = false },
            Sessions = server => ClientSessions.Props(settings, server),
            Incarnation = (long)dice.Below(int.MaxValue) << 20,
            Random = new Random(dice.Below(int.MaxValue)),
        };
    }

    // Sends are seen where they arrive or get lost.
    private void OnStep(string what, string? about)
    {
        if (about is not null) _world.Events.Add($"{Name} disk", what, about);
    }

    private bool Filter(IActorRef receiver, ref Envelope envelope)
    {
        switch (envelope.Message)
        {
            case WriteLog write:     _world.Protocol.OnWrite(Id, write);     break;
            case LogWritten written: _world.Protocol.OnWritten(Id, written); break;
            // What the server tells its node; the node passes it on, later.
            case ViewChanged changed when IsNode(receiver): _world.Protocol.OnView(Id, changed.View); break;
            case LogOpened opened:   _world.Protocol.OnOpened(Id, opened);   break;
            case ApplyEntries apply: _world.Protocol.OnApply(Id, apply);     break;
            case CompactLog compact:        _world.Protocol.OnCompact(Id, compact);           break;
            case SnapshotsOpened opened:    _world.Protocol.OnSnapshotsOpened(Id, opened);    break;
            case SnapshotWritten written:   _world.Protocol.OnSnapshotTaken(Id, written.Snapshot); break;
            case SnapshotReceived received: _world.Protocol.OnSnapshotReceived(Id, received.Snapshot); break;
            case RestoreSnapshot restore:   _world.Protocol.OnRestore(Id, restore.Snapshot);  break;
            case WriteSnapshot write:       _world.Sessions.OnCapture(Id, write);             break;
            case Applied applied:           _world.Sessions.OnReport(Id, applied.Through, applied.Sessions); break;
            case SnapshotRestored restored: _world.Sessions.OnReport(Id, restored.Through, restored.Sessions); break;
        }

        return _world.Break.Filter(this, receiver, ref envelope);
    }

    private bool IsNode(IActorRef actor) => actor.Path.Name == _world.Group.Value;

    private void OnFailed(object news)
    {
        Failure = ((RaftNodeFailed)news).Cause;
        _world.Events.Add(Name, "fails:", Failure);
        _world.OnServerFailed(this, Failure);
    }

    private void OnError(object news)
    {
        var error = (Error)news;
        if (error.Cause is not null) _world.OnActorFailed(Name, error.Cause);
    }

    // Stands outside of every actor, and acts when the turn that answers it is over.
    private sealed class Asker(Host host, Action<object> answered) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "operator";

        public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)host.System).Provider;

        protected override void TellInternal(object message, IActorRef sender) =>
            host.Loop.Agenda.Plan(host.Loop.Now, null, () => answered(message));
    }
}
