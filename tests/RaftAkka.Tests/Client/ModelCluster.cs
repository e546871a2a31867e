using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Sessions;

namespace RaftAkka.Tests.Client;

/// <summary>
/// Three servers as a client sees them: real session actors before one model of a replicated log, which
/// changes its leader, loses proposals, and commits some that it has called unknown.
/// </summary>
internal sealed class ModelCluster : IServers, IStateMachine
{
    public static readonly ClusterId Cluster = new("orders");

    private readonly ActorSystem _system;
    private readonly LossyNetwork _network;
    private readonly Random _random;
    private readonly MemberAddress[] _members;
    private readonly Dictionary<string, IActorRef> _sessions = [];
    private readonly List<(IActorRef From, ServerId Server, Propose Proposal)> _pending = [];
    private readonly Dictionary<string, int> _applied = [];
    private SessionTable _table = new();
    private ClusterView _view;
    private long _index;

    public ModelCluster(ActorSystem system, LossyNetwork network, Random random)
    {
        (_system, _network, _random) = (system, network, random);
        _members = [.. Enumerable.Range(1, 3)
            .Select(i => new MemberAddress(new ServerId($"n{i}"), $"h{i}:1"))];
        _view = new ClusterView(new Term(1), _members[0].Server, _members);
        foreach (var member in _members) StartServer(member);
    }

    public double Faults { get; set; } = 0.05;

    public int TimesApplied(string command) => _applied.GetValueOrDefault(command);

    public ICanTell At(string address) => _network.To(_sessions[address]);

    ReadOnlyMemory<byte> IStateMachine.Apply(in CommittedCommand command)
    {
        var text = ClientTest.Text(command.Body);
        _applied[text] = TimesApplied(text) + 1;
        return ClientTest.Bytes(text + "!");
    }

    ReadOnlyMemory<byte> IStateMachine.Query(ReadOnlyMemory<byte> query) => query;

    ISnapshotSource IStateMachine.CaptureSnapshot() => throw new NotSupportedException();

    void IStateMachine.Restore(Stream snapshot) => throw new NotSupportedException();

    /// <summary>What may happen between two moments of a test.</summary>
    public void Live()
    {
        Settle(everything: false);
        if (Hits(Faults / 5)) ChangeLeader();
        if (Hits(Faults / 20)) _table = new SessionTable();   // Every session has expired.
        if (Hits(Faults / 20)) RestartServer(_members[_random.Next(_members.Length)]);
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void Heal()
    {
        Faults = 0;
        Settle(everything: true);
        if (_view.Leader is null) Elect(AnyServer());
    }

    private void OnPropose(ServerId server, Propose propose, IActorRef from)
    {
        if (server != _view.Leader) Refuse(from, propose, RefusalReason.NotLeader);
        else if (Hits(Faults)) Refuse(from, propose, RefusalReason.Busy);
        else _pending.Add((from, server, propose));
    }

    private void OnRead(ServerId server, ReadQueries read, IActorRef from)
    {
        if (_view.Leader is null || Hits(Faults))
            from.Tell(new ProposalRefused(read.Batch, RefusalReason.NotLeader, _view, $"{server} knows no leader"));
        else if (CommandBatch.TryDecode(read.Payload, out var batch))
            from.Tell(new QueriesAnswered(read.Batch, Query(batch)));
    }

    private void Settle(bool everything)
    {
        foreach (var pending in _pending.ToArray())
        {
            if (!everything && Hits(0.3)) break;   // It takes a while yet, and so do those behind it.
            _pending.Remove(pending);
            Commit(pending.From, pending.Proposal);
        }
    }

    private void ChangeLeader()
    {
        _view = new ClusterView(_view.Term.Next, null, _members);
        foreach (var (from, _, proposal) in _pending.ToArray())
        {
            // The outcome is unknown to the old leader. Some of it is committed by the next one.
            if (Hits(0.5)) Commit(ActorRefs.Nobody, proposal);
            Refuse(from, proposal, RefusalReason.LeadershipLost);
        }

        _pending.Clear();
        if (Hits(0.5)) TellView();
        _system.Scheduler.Advanced.ScheduleOnce(
            TimeSpan.FromMilliseconds(_random.Next(1, 1500)), () => Elect(AnyServer()));
    }

    private void Elect(ServerId leader)
    {
        _view = new ClusterView(_view.Term.Next, leader, _members);
        TellView();
    }

    private void RestartServer(MemberAddress member)
    {
        if (_view.Leader == member.Server) ChangeLeader();
        _sessions[member.Address].Tell(PoisonPill.Instance);
        StartServer(member);
    }

    private void StartServer(MemberAddress member)
    {
        var settings = new RaftNodeSettings
        {
            Cluster = Cluster, Server = member.Server, Members = _members, DataDirectory = "unused",
        };
        var server = new TestServer(
            propose => OnPropose(member.Server, propose.Proposal, propose.From),
            read => OnRead(member.Server, read.Read, read.From));
        _sessions[member.Address] = new Akka.TestKit.TestActorRef<ClientSessions>(
            _system, ClientSessions.Props(settings, server), null, null);
        _sessions[member.Address].Tell(new ViewChanged(_view));
    }

    private void TellView()
    {
        foreach (var sessions in _sessions.Values) sessions.Tell(new ViewChanged(_view));
    }

    private void Commit(IActorRef from, Propose propose)
    {
        var index = new LogIndex(++_index);
        var results = Array.Empty<CommandResult>();
        if (propose.Kind == EntryKind.OpenSession && SessionOpening.TryDecode(propose.Payload.Span, out var opening))
            _table.Register(index, opening.Token, opening.Owner);
        else if (CommandBatch.TryDecode(propose.Payload, out var batch))
            results = _table.Execute(index, batch, this);
        from.Tell(new ProposalApplied(propose.Batch, index, results));
    }

    private static CommandResult[] Query(CommandBatch batch) => [.. batch.Commands.Select(
        query => new CommandResult(query.Sequence, CommandStatus.Done, query.Body))];

    private ServerId AnyServer() => _members[_random.Next(_members.Length)].Server;

    private void Refuse(IActorRef from, Propose propose, RefusalReason reason) =>
        from.Tell(new ProposalRefused(propose.Batch, reason, _view, ""));

    private bool Hits(double probability) => _random.NextDouble() < probability;

    private sealed class TestServer(
        Action<(Propose Proposal, IActorRef From)> onPropose, Action<(ReadQueries Read, IActorRef From)> onRead)
        : MinimalActorRef
    {
        public override ActorPath Path => ActorRefs.Nobody.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is Propose propose) onPropose((propose, sender));
            if (message is ReadQueries read) onRead((read, sender));
        }
    }
}
