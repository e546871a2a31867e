using Akka.Remote;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>Finds the leader: asks every server at once, follows the view of the latest term.</content>
internal sealed partial class RaftClientActor
{
    // So often in a row, a search starts without waiting: a leader that just died or moved is found at once.
    private const int SearchesWithoutDelay = 2;
    private const int RoundsWithMembersOnly = 3;

    // Searches and rounds since a server last did what it was asked.
    private int _failures;

    private void Seek(Connection? left, string why)
    {
        var now = Now;
        var search = new Search(left?.Server, _map.LeaderTerm, now);
        Become(message => Seeking(search, message));
        ReadWithoutLeader(left, now);
        if (left is not null)
        {
            _log.LosesServer(left.Server, why);
            _trouble = $"{left.Server}: {why}";

            // It served for a while: this is no loop of servers that say they lead and then refuse.
            if (now - left.Since >= BackoffMax) _failures = 0;
        }

        _failures++;
        if (_map.Leader is { } leader && leader != left?.Server && AskOutOfTurn(search, leader))
            search.NextRound = now + Backoff(0);   // It may be down by now: do not wait for it alone.
        else if (_failures <= SearchesWithoutDelay)
            AskEveryone(search, now);
        else
            search.NextRound = now + Backoff(_failures - SearchesWithoutDelay);

        WakeBy(search.NextRound);
    }

    private void AskEveryone(Search search, TimeSpan now)
    {
        if (now - search.Since >= _settings.ServerTimeout)
        {
            search.Since = now;
            search.AskedOutOfTurn = null;
            _map.ForgetLeader();
        }

        search.Rounds++;
        search.NextRound = now + Backoff(_failures++);

        // Who has answered says unasked when it learns of a leader: a thousand clients that all ask on are 15,000 questions a
        // second for those who have to elect one. Once in a while it is asked all the same, since what it said may be lost.
        var waitsFor = search.Answered.Values
            .Where(connection => now - connection.Answered < _settings.ServerTimeout).ToArray();
        foreach (var address in search.Rounds > RoundsWithMembersOnly ? _map.AllAddresses : _map.Addresses)
            if (!waitsFor.Any(connection => IsSurelyAt(connection, address))) _servers.At(address).Tell(_connect, Self);
    }

    // By what the members say, and by where the answer came from: members may be out of date, after servers have moved.
    private bool IsSurelyAt(Connection connection, string address)
    {
        var from = connection.Session.Path.Address;
        return _map.AddressOf(connection.Server) == address
            && (!from.HasGlobalScope || $"{from.Host}:{from.Port}" == address);
    }

    private bool AskOutOfTurn(Search search, ServerId leader)
    {
        if (search.AskedOutOfTurn == (leader, _map.LeaderTerm)) return false;
        if (_map.AddressOf(leader) is not { } address) return false;

        search.AskedOutOfTurn = (leader, _map.LeaderTerm);
        _servers.At(address).Tell(_connect, Self);
        return true;
    }

    private void OnConnected(Search search, ClientConnected connected)
    {
        _sessionActors[connected.Server] = Sender;
        search.Answered[connected.Server] = new Connection(Sender, connected) { Answered = Now };
        AddReader(search.Answered[connected.Server], Now);
        if (connected.View.Leader is null) _trouble = $"{connected.Server} knows no leader";
        OnView(search, connected.View);
    }

    private void OnDisassociated(Search search, DisassociatedEvent lost)
    {
        DropReadersAt(lost);
        foreach (var connection in search.Answered.Values.ToArray())
            if (IsAt(connection, lost)) search.Answered.Remove(connection.Server);   // The next round asks it again.
    }

    private void OnKeepAliveReply(Search search, KeepAliveReply reply)
    {
        HearReader();
        OnView(search, reply.View);
    }

    private void OnView(Search search, ClusterView view)
    {
        _map.Learn(view, WhoIs(Sender));
        GoToTheLeader(search);
    }

    private void GoToTheLeader(Search search)
    {
        if (_map.Leader is not { } leader || search.Distrusts(leader, _map.LeaderTerm)) return;

        if (search.Answered.TryGetValue(leader, out var connection)) Serve(connection);
        else AskOutOfTurn(search, leader);
    }

    private void OnBatchRefused(Search search, BatchRefused refused)
    {
        TakeRefusal(refused);
        OnView(search, refused.View);
    }

    private void OnRefused(Search search, ClientRefused refused)
    {
        _trouble = refused.Reason;
        if (!refused.IsFinal) return;

        if (_refusalsTold.Add(refused.Server)) _log.RefusedForGood(refused.Server, refused.Reason);
        search.RefusedForGood[refused.Server] = refused.Reason;
        if (search.RefusedForGood.Count < _map.Addresses.Count()) return;

        // Nobody is left to ask. Those who wait need not wait on; those who come later will hear the same,
        // unless someone has set it right meanwhile.
        search.RefusedForGood.Clear();
        RefuseWaiting($"Every server refuses this client for good. {refused.Reason}");
    }

    // A search that nobody waited for takes its time. Now somebody does.
    private void HurryUp(Search search)
    {
        var now = Now;
        if (_openCalls == 0 || search.NextRound - now <= BackoffMax) return;

        _failures = 0;
        AskEveryone(search, now);
        WakeBy(search.NextRound);
    }

    private void OnTick(Search search, Tick tick)
    {
        if (!IsPresent(tick)) return;

        var now = Now;
        ExpireCalls(now);
        CheckReads(now);
        if (search.NextRound <= now)
        {
            AskEveryone(search, now);
            GoToTheLeader(search);   // One that was distrusted may be the only one there is.
        }

        WakeBy(_openCalls > 0 ? Earlier(search.NextRound, now + DeadlineWheel.Tick) : search.NextRound);
    }

    // A connection alone says little: an actor system takes messages for any other on its port, and drops them.
    private void OnAssociated(AssociatedEvent connected)
    {
        var remote = connected.RemoteAddress;
        var address = $"{remote.Host}:{remote.Port}";
        if (!connected.IsInbound && _sessionActors.Count == 0 && _map.AllAddresses.Contains(address, StringComparer.Ordinal))
            _silentlyConnected = address;
    }

    private string LastTrouble => _sessionActors.Count > 0 || _silentlyConnected is not { } address || _trouble != NobodyAnswered
        ? _trouble
        : $"{address} takes connections, but no server of the group '{_settings.Group}' in an actor system named "
            + $"'{_settings.ServerSystem}' answers there; check the name of the servers' actor system (ServerSystem, "
            + "raft.client.server-system) and the group";

    private string? _silentlyConnected;

    private readonly HashSet<ServerId> _refusalsTold = [];

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
