using System.Globalization;
using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Somebody asks how the cluster stands.</summary>
internal sealed class StatusCall(TimeSpan timeout) : IFacadeRequest
{
    private readonly TaskCompletionSource<ClusterStatus> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TimeSpan Timeout { get; } = timeout;

    public Task<ClusterStatus> Outcome => _outcome.Task;

    public void Complete(ClusterStatus status) => _outcome.TrySetResult(status);

    public void Refuse(string reason) => _outcome.TrySetException(new QueryFailedException(reason));
}

/// <summary>
/// Asks every known server how it stands, also those that it learns of from the answers, and ends when all
/// have answered or the time is up.
/// </summary>
internal sealed class StatusCollector : UntypedActor
{
    private readonly StatusCall _call;
    private readonly RaftClientSettings _settings;
    private readonly IServers _servers;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ServerId, ServerStatus> _statuses = [];
    private readonly SortedDictionary<ServerId, string> _refusals = [];
    private IReadOnlyList<MemberAddress> _members;
    private Term _membersTerm;
    private LogIndex _membersIndex;
    private ICancelable? _timer;

    public StatusCollector(
        StatusCall call, RaftClientSettings settings, IServers servers, IReadOnlyList<MemberAddress> members)
    {
        _call = call;
        _settings = settings;
        _servers = servers;
        _members = members;
    }

    public static Props Props(
        StatusCall call, RaftClientSettings settings, IServers servers,
        IReadOnlyList<MemberAddress> members) =>
        Akka.Actor.Props.Create(() => new StatusCollector(call, settings, servers, members));

    protected override void PreStart()
    {
        _timer = Context.System.Scheduler.TellAfter(_call.Timeout, Self, ReceiveTimeout.Instance);
        foreach (var seed in _settings.Seeds) Ask(seed);
        foreach (var member in _members) Ask(member.Address);
    }

    protected override void PostStop()
    {
        _timer?.Cancel();

        // Where an answer came first, this changes nothing.
        _call.Refuse("The client was stopped before the servers had answered.");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ServerStatus status:    OnStatus(status);                            break;
            case ClientRefused refused:  OnRefused(refused);                          break;
            case ReceiveTimeout:         End();                                       break;
            default:                     Unhandled(message);                          break;
        }
    }

    private void OnStatus(ServerStatus status)
    {
        _statuses[status.Server] = status;
        LearnMembers(status);
        foreach (var member in status.View.Members) Ask(member.Address);

        EndIfAllAnswered();
    }

    private void OnRefused(ClientRefused refused)
    {
        _refusals[refused.Server] = refused.Reason;
        EndIfAllAnswered();
    }

    private void Ask(string address)
    {
        if (_asked.Add(address))
            _servers.At(address).Tell(new AskStatus(_settings.Cluster, _settings.Group), Self);
    }

    // A server that is behind may name the latest term, and members that have left or moved since.
    private void LearnMembers(ServerStatus status)
    {
        var view = status.View;
        if (view.Members.Count == 0 || view.Term < _membersTerm) return;
        if (view.MembersIndex < _membersIndex && view.Leader != status.Server) return;

        (_members, _membersTerm, _membersIndex) = (view.Members, view.Term, view.MembersIndex);
    }

    // Members count, not addresses: a seed may be another name for a member, which answers once for both.
    private void EndIfAllAnswered()
    {
        var isComplete = _members.Count > 0
            ? _members.All(member =>
                _statuses.ContainsKey(member.Server) || _refusals.ContainsKey(member.Server))
            : _statuses.Count + _refusals.Count >= _asked.Count;
        if (isComplete) End();
    }

    private void End()
    {
        var leader = _statuses.Values
            .Where(status => status.Role == ServerRole.Leader)
            .OrderByDescending(status => status.View.Term)
            .FirstOrDefault();
        var term = _statuses.Values.Select(status => status.View.Term).Append(Term.Zero).Max();
        _call.Complete(new ClusterStatus(leader?.Server, term, HasQuorum(leader), Report()));
        Context.Stop(Self);
    }

    private bool HasQuorum(ServerStatus? leader)
    {
        if (leader is null) return false;

        var voters = leader.View.Members.Where(member => member.Role == MemberRole.Voter).ToArray();
        var with = voters.Count(member =>
            _statuses.TryGetValue(member.Server, out var status)
            && status.View.Leader == leader.Server
            && status.View.Term == leader.View.Term);
        return with > voters.Length / 2;
    }

    private List<MemberStatus> Report()
    {
        var silence = string.Create(
            CultureInfo.InvariantCulture, $"It did not answer within {_call.Timeout.TotalSeconds:0.###} s.");
        if (_members.Count > 0)
        {
            return [.. _members.OrderBy(member => member.Server).Select(member =>
            {
                var status = _statuses.GetValueOrDefault(member.Server);
                var problem = status is null ? _refusals.GetValueOrDefault(member.Server, silence) : null;
                return new MemberStatus(member.Server, member.Address, status, problem);
            })];
        }

        // Nobody named the members. Who refused is known by name but not by address, so the reasons stand for
        // all.
        var reason = _refusals.Count > 0 ? string.Join(" ", _refusals.Values.Distinct()) : silence;
        return [.. _settings.Seeds.Select(seed => new MemberStatus(null, seed, null, reason))];
    }
}
