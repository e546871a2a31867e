using Akka.Actor;
using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>
/// One server, Sam, among peers, a disk, a machine and an observer that the test plays. Everything runs on the
/// test's thread and in virtual time. Election timeouts are between 250 and 500 ms, heartbeats every 50 ms.
/// </summary>
public abstract class ServerStory : StillTestKit
{
    internal static readonly ClusterId Cluster = new("story");
    internal static readonly GroupName Group = new("raft");
    internal static readonly ServerId Sam = new("sam");

    private readonly List<Exception> _failures = [];
    private readonly Dictionary<ServerId, string> _known = [];
    private readonly IActorRef _doorman;
    private Action _behindTheDoor = () => { };
    private IActorRef _server = ActorRefs.Nobody;

    protected ServerStory()
    {
        (Ann, Bea, Cid, Tim) = (Play("ann"), Play("bea"), Play("cid"), Play("tim"));
        Disk = new Disk(CreateTestProbe(), () => _server);
        (Machine, Observer) = (Hear(), Hear());
        (Snapshots, Transfers) = (Hear(), Hear());
        (Cora, Clem) = (Hear(), Hear());
        _doorman = Start(Props.Create(() => new Doorman(() => _behindTheDoor())));
    }

    internal Peer Ann { get; }
    internal Peer Bea { get; }
    internal Peer Cid { get; }
    internal Peer Tim { get; }
    internal Disk Disk { get; }
    internal Listener Machine { get; }
    internal Listener Snapshots { get; }
    internal Listener Transfers { get; }
    internal Listener Observer { get; }

    /// <summary>Two clients' sessions.</summary>
    internal Listener Cora { get; }

    internal Listener Clem { get; }

    internal IActorRef Server => _server;

    /// <summary>The peers of this story, by name.</summary>
    internal IReadOnlyList<Peer> Peers { get; private set; } = [];

    /// <summary>Where the server knows others to be.</summary>
    internal IReadOnlyDictionary<ServerId, string> Known => _known;

    /// <summary>What becomes of the server when it fails.</summary>
    internal Directive OnFailure { get; set; } = Directive.Stop;

    /// <summary>A server that is to lead rather than the others.</summary>
    internal ServerId? Preferred { get; set; }

    internal long Incarnation { get; set; } = 1000;

    internal ServerRules Rules { get; set; } = ServerRules.Default;

    internal RaftNodeSettings Settings { get; set; } = new()
    {
        Cluster = Cluster, Group = Group, Server = Sam, Members = [], DataDirectory = "nowhere", RandomSeed = 7,
    };

    internal void Wait(int milliseconds) => Pass(Milliseconds(milliseconds));

    internal ServerStatus Status()
    {
        var asker = CreateTestProbe();
        _server.Tell(new ReportStatus(), asker.Ref);
        return (ServerStatus)asker.ReceiveOne(TimeSpan.Zero);
    }

    internal (ServerRole Role, int Term) Role()
    {
        var status = Status();
        return (status.Role, (int)status.View.Term.Value);
    }

    internal (LogIndex Last, LogIndex Commit, LogIndex Applied) Indexes() =>
        Status() is var status ? (status.LastIndex, status.CommitIndex, status.AppliedIndex) : default;

    internal static (long Batch, RefusalReason Reason) Refusal(ProposalRefused refused) =>
        (refused.Batch, refused.Reason);

    /// <summary>Lets messages reach the server's mailbox together, before it handles the first of them.</summary>
    internal void AllAtOnce(Action tell)
    {
        _behindTheDoor = tell;
        _server.Tell(new ReportStatus(), _doorman);
    }

    /// <summary>What happens leads to exactly one warning, which says all this, and to no failure.</summary>
    internal void DropsWithOneWarning(string fact, Action happens)
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        happens();
        Sys.EventStream.Unsubscribe(warnings.Ref);

        Assert.Contains(fact, $"{Assert.IsAssignableFrom<Warning>(warnings.ReceiveOne(TimeSpan.Zero)).Message}", StringComparison.Ordinal);
        Assert.Null(warnings.ReceiveOne(TimeSpan.Zero));
        Assert.Empty(_failures);
    }

    internal void NothingFailed() => Assert.Empty(_failures);

    /// <summary>The server must have stopped over this broken invariant.</summary>
    internal void StoppedOver(string invariant)
    {
        var failure = Assert.Single(_failures);
        Assert.Contains(invariant, Assert.IsType<InvariantBrokenException>(failure.InnerException ?? failure).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The server must have stopped with a message that says all this.</summary>
    internal void StoppedBecause(params string[] facts)
    {
        var failure = Assert.Single(_failures);
        Assert.All(facts, fact => Assert.Contains(
            fact, (failure.InnerException ?? failure).Message, StringComparison.Ordinal));
    }

    /// <summary>Starts the server; its log is still to be opened.</summary>
    internal void Starts(int servers = 3)
    {
        Peers = [.. new[] { Ann, Bea, Cid, Tim }.Take(servers - 1)];
        var members = Peers.Select(peer => peer.Id).Append(Sam).Select(
            id => new MemberAddress(id, $"{id}:4053") { Priority = id == Preferred ? 1 : 0 });
        Settings = Settings with { Members = [.. members] };
        var parts = new ServerParts(
            Disk.Ref, Machine.Ref, Snapshots.Ref, Transfers.Ref, Observer.Ref, new Post([Ann, Bea, Cid, Tim], _known),
            new Random(Settings.RandomSeed!.Value), Rules)
        {
            Incarnation = Incarnation,
        };
        Start(Props.Create(() => new Supervisor(RaftServer.Props(Settings, parts), Meet, Decide)));
    }

    /// <summary>A follower that has just started, and knows of no leader. Its last entries are in memory.</summary>
    internal void Follows(int term, int[]? log = null, ServerId? vote = null, int servers = 3, int cached = int.MaxValue)
    {
        Starts(servers);
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(term, vote, Logs.Entries(1, log ?? []), cached));
        OpensSnapshots(newest: null);
        Observer.HearsAll();
    }

    /// <summary>A follower that goes on from a snapshot, and from the entries behind a base; the machine is restored.</summary>
    internal void FollowsFrom(StoredSnapshot snapshot, int term, EntryId @base, int[] log, int cached = int.MaxValue)
    {
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(term, vote: null, Logs.Entries((int)@base.Index.Value + 1, log), cached, @base));
        OpensSnapshots(snapshot);
        Machine.Hears<RestoreSnapshot>();
        Machine.Says(new SnapshotRestored(snapshot.Last.Index));
        Snapshots.HearsAll();
        Observer.HearsAll();
    }

    /// <summary>A leader of the next term, that went on from a snapshot.</summary>
    internal void LeadsFrom(StoredSnapshot snapshot, int term, EntryId @base, int[] log, int cached = int.MaxValue)
    {
        FollowsFrom(snapshot, term - 1, @base, log, cached);
        WaitUntil(ServerRole.PreCandidate);
        Ann.PreVotes(term);
        Disk.CatchesUp();
        Ann.Votes(term);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        Assert.Equal((ServerRole.Leader, term), Role());
    }

    /// <summary>The server's snapshots are open.</summary>
    internal void OpensSnapshots(StoredSnapshot? newest)
    {
        Snapshots.Hears<OpenSnapshots>();
        Snapshots.Says(new SnapshotsOpened(newest));
    }

    /// <summary>A follower that hears Ann lead its term.</summary>
    internal void FollowsAnn(int term, int[]? log = null, int commit = 0, int servers = 3, int cached = int.MaxValue)
    {
        Follows(term, log, servers: servers, cached: cached);
        Ann.Beats(term, Logs.Id(log?.Length ?? 0, log is { Length: > 0 } ? log[^1] : 0), commit);
        ForgetAllThatWasSaid();
    }

    /// <summary>A server whose patience is over: it asks for pre-votes for the term after this one.</summary>
    internal void AsksForPreVotes(int term, int[]? log = null, int servers = 3, int cached = int.MaxValue)
    {
        Follows(term, log, servers: servers, cached: cached);
        WaitUntil(ServerRole.PreCandidate);
        ForgetAllThatWasSaid();
    }

    /// <summary>A candidate of a term, whose own vote is durable and who has asked everyone for theirs.</summary>
    internal void Campaigns(int term, int[]? log = null, int servers = 3, int cached = int.MaxValue)
    {
        AsksForPreVotes(term - 1, log, servers, cached);
        foreach (var peer in Peers.Take(Peers.Count / 2 + Peers.Count % 2)) peer.PreVotes(term);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
    }

    /// <summary>A leader of a term whose first entry (§8), right behind <paramref name="log"/>, is on its own disk.</summary>
    internal void Leads(int term, int[]? log = null, int servers = 3, int cached = int.MaxValue)
    {
        Campaigns(term, log, servers, cached);
        foreach (var peer in Peers.Take(Peers.Count / 2 + Peers.Count % 2)) peer.Votes(term);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        Assert.Equal((ServerRole.Leader, term), Role());
    }

    /// <summary>A leader whose followers have all it has, committed and applied.</summary>
    internal void LeadsInHarmony(int term, int[]? log = null, int servers = 3)
    {
        Leads(term, log, servers);
        foreach (var peer in Peers) peer.Accepts(term, (log?.Length ?? 0) + 1);
        foreach (var apply in Machine.HearsAll().Cast<RaftAkka.Machine.ApplyEntries>())
            Machine.Says(new Applied(apply.Entries.Last.Index));
        ForgetAllThatWasSaid();
    }

    /// <summary>The machine has applied the next entries that it was given.</summary>
    internal RaftAkka.Machine.ApplyEntries MachineApplies()
    {
        var apply = Machine.Hears<RaftAkka.Machine.ApplyEntries>();
        Machine.Says(new Applied(apply.Entries.Last.Index));
        return apply;
    }

    internal void WaitUntil(ServerRole role)
    {
        // Election timeouts end by 500 ms; small steps, so that the next timeout does not end as well.
        for (var step = 0; step < 50 && Status().Role != role; step++) Wait(10);
        Assert.Equal(role, Status().Role);
    }

    internal void ForgetAllThatWasSaid()
    {
        foreach (var listener in Peers.Concat<Listener>([Observer, Cora, Clem])) listener.HearsAll();
    }

    private void Meet(IActorRef server) => _server = server;

    private Directive Decide(Exception failure)
    {
        _failures.Add(failure);
        return OnFailure;
    }

    private Peer Play(string name) => new(new ServerId(name), CreateTestProbe(), () => _server);

    private Listener Hear() => new(CreateTestProbe(), () => _server);

    private sealed class Post(IReadOnlyList<Peer> peers, Dictionary<ServerId, string> known) : IPeers
    {
        public void Tell(ServerId peer, IPeerMessage message, IActorRef sender) =>
            peers.Single(candidate => candidate.Id == peer).Ref.Tell(message, sender);

        public void Know(ServerId peer, string address) => known[peer] = address;

        public bool IsAt(string address, IActorRef sender) =>
            peers.Any(candidate => candidate.Address == address && candidate.Ref.Equals(sender));

        public void Answer(IActorRef sender, IPeerMessage message, IActorRef self) => sender.Tell(message, self);
    }

    private sealed class Supervisor(Props server, Action<IActorRef> started, Func<Exception, Directive> decide)
        : UntypedActor
    {
        protected override void PreStart() => started(Context.ActorOf(server, "server"));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(decide);

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Doorman(Action open) : UntypedActor
    {
        protected override void OnReceive(object message) => open();
    }
}
