using System.Globalization;
using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// Carries one question about the members to whoever leads. A change is safe to repeat, so it is sent again, to others
/// too, until a leader says what came of it or the time is up.
/// </summary>
internal sealed class MembersAsker : UntypedActor
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly MembersCall _call;
    private readonly RaftClientSettings _settings;
    private readonly IServers _servers;
    private readonly Queue<string> _addresses;
    private readonly Dictionary<ServerId, string> _refusedForGood = [];
    private TimeSpan _end;
    private ICancelable? _timer;
    private string? _leader;        // The address that the next try goes to; null: the next in turn.
    private string _trouble = "no server answered";
    private long _try;
    private bool _handedOver;
    private MembersChanged? _changed;
    private bool _mayBeUnderWay;    // A try was not answered: it may have begun what the next one finds.

    public MembersAsker(MembersCall call, RaftClientSettings settings, IServers servers, IEnumerable<string> addresses) =>
        (_call, _settings, _servers, _addresses) = (call, settings, servers, new Queue<string>(addresses));

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private bool OnlyAsks => _handedOver || (_call.Changes.Count == 0 && !_call.HandsOver);

    public static Props Props(
        MembersCall call, RaftClientSettings settings, IServers servers, IEnumerable<string> addresses) =>
        Akka.Actor.Props.Create(() => new MembersAsker(call, settings, servers, addresses));

    protected override void PreStart()
    {
        _end = Now + _call.Timeout;
        Ask();
    }

    protected override void PostStop()
    {
        _timer?.Cancel();
        FailUnanswered("The client was stopped before a leader had answered");   // Nothing, where an answer came first.
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MembersReport report:                                  OnReport(report);     break;
            case MembersChanged changed when changed.Id == _try:        OnChanged(changed);   break;
            case MembersNotChanged not when not.Id == _try:             OnNotChanged(not);    break;
            case HandedOver handed when handed.Id == _try:              OnHandedOver();       break;
            case NotHandedOver not when not.Id == _try:                 OnNotHandedOver(not); break;
            case ClientRefused refused:                                 OnRefused(refused);   break;
            case Silence silence:                                       OnSilence(silence);   break;
            case Again:                                                 Ask();                break;
            case MembersChanged or MembersNotChanged or HandedOver or NotHandedOver:          break;   // Of an earlier try.
            default:                                                    Unhandled(message);   break;
        }
    }

    private void Ask()
    {
        if (!_call.TryBeginSending())
        {
            Context.Stop(Self);   // Canceled.
            return;
        }

        if (Now >= _end)
        {
            var seconds = _call.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            FailUnanswered($"No leader answered within {seconds} s ({_trouble})");
            Context.Stop(Self);
            return;
        }

        _try++;
        var address = _leader ?? NextInTurn();
        _leader = null;
        _servers.At(address).Tell(
            OnlyAsks ? new AskMembers(_settings.Cluster, _settings.Group)
                : _call.HandsOver ? new HandOver(_settings.Cluster, _settings.Group, _try, _call.Target)
                : new ChangeMembership(_settings.Cluster, _settings.Group, _try, _call.Changes),
            Self);
        StartTimer(Earlier(_settings.ServerTimeout, _end - Now), new Silence(_try, address));
    }

    private string NextInTurn()
    {
        var address = _addresses.Dequeue();
        _addresses.Enqueue(address);
        return address;
    }

    private void OnReport(MembersReport report)
    {
        if (!OnlyAsks) return;

        var isLeader = report.View.Leader == report.Server && report.Members.Find(report.Server) is not null;
        if (isLeader) OnLeadersReport(report.View, ClusterMember.Of(report));
        else GoOn(report.View);
    }

    private void OnLeadersReport(ClusterView view, ClusterMembers members)
    {
        if (_call.Awaited is not { } awaited)
        {
            End(members);
        }
        else if (members.Find(awaited) is not { } member)
        {
            _call.Fail(new MembersNotChangedException(
                MembershipRefusal.NotMember, $"'{awaited}' does not belong to the cluster: it was not added, or was removed."));
            Context.Stop(Self);
        }
        else if (member.Role == MemberRole.Voter ? members.IsSettled : member is { Role: MemberRole.Replica, Behind: 0 })
        {
            End(members);
        }
        else
        {
            _call.Progress?.Report(member);
            _end = Now + _call.Timeout;
            LearnFrom(view);
            StartTimer(Look, Again.Instance);
        }
    }

    // A leader that has left hands over: it is needed until another one leads.
    private void OnChanged(MembersChanged changed)
    {
        _changed = changed;
        if (changed.Members.Find(changed.Leader) is null) OnHandedOver();
        else End(ClusterMember.Of(changed));
    }

    private void OnNotChanged(MembersNotChanged not)
    {
        switch (not.Reason)
        {
            case null:
                _mayBeUnderWay = true;   // It did not lead; or it does not any more, and took the change before.
                GoOn(not.View);
                break;
            case MembershipRefusal.NoOwnTermCommit:
            case MembershipRefusal.ChangeUnderWay when _mayBeUnderWay:
                _trouble = not.Facts;
                TryAgain();
                break;
            case MembershipRefusal.Unknown:
                _call.Fail(new OutcomeUnknownException(
                    $"The leader answered with a reason that this release does not know ({not.Facts}): the change may have been "
                    + "made, or be made yet. Look at the members; update the client."));
                Context.Stop(Self);
                break;
            default:
                _call.Fail(new MembersNotChangedException(not.Reason, $"Nothing was changed: {not.Facts}."));
                Context.Stop(Self);
                break;
        }
    }

    // Who leads now is for an election to say.
    private void OnHandedOver()
    {
        _handedOver = true;
        TryAgain();
    }

    private void OnNotHandedOver(NotHandedOver not)
    {
        if (not.View.Leader is { } leader && leader == _call.Target)
        {
            OnHandedOver();
        }
        else if (not.Facts.Length == 0)
        {
            GoOn(not.View);
        }
        else
        {
            _call.Refuse($"Leadership was not handed over: {not.Facts}.");
            Context.Stop(Self);
        }
    }

    private void OnRefused(ClientRefused refused)
    {
        _trouble = refused.Reason;
        if (refused.IsFinal) _refusedForGood[refused.Server] = refused.Reason;
        if (_refusedForGood.Count < _addresses.Count)
        {
            TryAgain();
            return;
        }

        _call.Refuse(refused.Reason);
        Context.Stop(Self);
    }

    private void OnSilence(Silence silence)
    {
        if (silence.Try != _try) return;

        _trouble = $"{silence.Address} did not answer";
        _mayBeUnderWay = true;
        Ask();
    }

    // A server that does not lead may know who does, and where that one is.
    private void GoOn(ClusterView view)
    {
        LearnFrom(view);
        _trouble = view.Leader is { } leader ? $"{leader} is said to lead" : "no leader is known";
        TryAgain();
    }

    private void LearnFrom(ClusterView view)
    {
        foreach (var member in view.Members)
        {
            if (!_addresses.Contains(member.Address)) _addresses.Enqueue(member.Address);
            if (member.Server == view.Leader) _leader = member.Address;
        }
    }

    private void TryAgain() => StartTimer(Pause, Again.Instance);

    private void StartTimer(TimeSpan delay, object message)
    {
        _timer?.Cancel();
        _timer = Context.System.Scheduler.TellAfter(delay, Self, message);
    }

    private void End(ClusterMembers members)
    {
        _call.Complete(members);
        Context.Stop(Self);
    }

    private void FailUnanswered(string what)
    {
        if (_changed is not null) _call.Complete(ClusterMember.Of(_changed));   // That no new leader is known changes nothing.
        else if (_call.Changes.Count == 0) _call.Refuse($"{what}.");
        else
            _call.Fail(new OutcomeUnknownException(
                $"{what}: the change may have been made, or be made yet. Look at the members; asking again is safe."));
    }

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record Silence(long Try, string Address);

    private sealed class Again
    {
        public static readonly Again Instance = new();
    }
}
