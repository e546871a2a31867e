using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// Watches what every server says to the others, to its log and to its machine, and holds it against figure 3 of
/// the paper. Nothing here looks into the server: messages are all it needs.
/// </summary>
internal sealed partial class ProtocolChecks
{
    private readonly Violations _violations;
    private readonly SortedDictionary<ServerId, ServerShadow> _servers = [];
    private readonly Dictionary<Term, Reign> _reigns = [];
    private readonly Dictionary<(ServerId Voter, Term Term), ServerId> _votes = [];
    private readonly Dictionary<EntryId, (EntryStamp Stamp, EntryId Previous)> _entries = [];
    private readonly List<(EntryStamp Stamp, Term In)> _committed = [];
    private readonly ShadowLog _committedLog = new();

    public ProtocolChecks(Violations violations, Configuration founding)
    {
        (_violations, _configurations, Members) = (violations, new Configurations(founding), founding);
        foreach (var server in founding.Servers) AddServer(server.Id);
    }

    /// <summary>Hears of every entry that is committed, once, with the configurations by one of which it is.</summary>
    public Action<ServerId, LogEntry, IReadOnlyList<Configuration>>? Committed { get; set; }

    /// <summary>How many terms had a leader.</summary>
    public int Elections => _reigns.Count;

    public LogIndex CommittedIndex => new(_committed.Count);

    /// <summary>The leader of the latest term that had one.</summary>
    public ServerId? LatestLeader => _reigns.Count == 0 ? null : _reigns.MaxBy(reign => reign.Key).Value.Leader;

    /// <summary>Who leads, or led, a term; null where nobody has begun to.</summary>
    public ServerId? LeaderOf(Term term) => _reigns.GetValueOrDefault(term)?.Leader;

    public ServerShadow this[ServerId server] => _servers[server];

    /// <summary>A server says something to another one.</summary>
    public void OnPeerMessage(ServerId from, ServerId to, IPeerMessage message)
    {
        CheckView(from);
        NoteSpoken(from, message);
        switch (message)
        {
            case PreVoteReply { Granted: true } reply: OnPreVote(from, to, reply.ProposedTerm);         break;
            case RequestVote request:                  OnCampaign(from, request);                  break;
            case TimeoutNow now:                       _told.Add((to, now.Header.Term));                break;
            case AppendEntries append:                 OnAppend(from, append);                          break;
            case AppendAccepted accepted:              OnAccepted(from, to, accepted);                  break;
            case VoteReply { Granted: true } reply:    OnVote(from, reply.Header.Term, candidate: to);  break;
        }
    }

    /// <summary>A server asks its log for a write.</summary>
    public void OnWrite(ServerId server, WriteLog write)
    {
        var shadow = _servers[server];
        if (write.HardState is { } state) CheckHardState(shadow, state);
        foreach (var entry in write.Entries) CheckEntry(shadow, entry, write.Entries, write.HardState ?? shadow.State);
        CheckWaiting(shadow, write);
        shadow.Submit(write);
    }

    /// <summary>A log says that writes are durable.</summary>
    public void OnWritten(ServerId server, LogWritten written) => _servers[server].Confirm(written);

    /// <summary>A log says what it found at a start.</summary>
    public void OnOpened(ServerId server, LogOpened opened)
    {
        var shadow = _servers[server];
        _violations.Require(shadow.MayRecover(opened), "durability",
            $"{server} was promised {Describe(shadow.DurableState)} and the log {shadow.Durable}, and recovered "
            + $"{Describe(opened.HardState)} and {opened.Last}");
        _violations.Require(opened.HardState.Term >= shadow.PromisedIn, "a term never goes back",
            $"{server} made promises in term {shadow.PromisedIn}, and recovered {Describe(opened.HardState)}");
        if (_votes.TryGetValue((server, opened.HardState.Term), out var candidate))
            _violations.Require(opened.HardState.Vote == candidate, "a vote is never forgotten",
                $"{server} voted for {candidate} in term {opened.HardState.Term}, and recovered {Describe(opened.HardState)}");
        shadow.Recover(opened);
    }

    /// <summary>A server gives entries to its machine, which makes them committed.</summary>
    public void OnApply(ServerId server, ApplyEntries apply)
    {
        var shadow = _servers[server];
        foreach (var entry in apply.Entries)
        {
            _violations.Require(entry.Index == shadow.Fed.Next, "entries are applied in order, each once",
                $"{server} applies {entry.Id} after {shadow.Fed}");
            _violations.Require(shadow.Submitted.Holds(entry), "only the log's own entries are applied",
                $"{server} applies {entry.Id}, and its log has {shadow.Submitted.IdAt(entry.Index)} there");
            shadow.Fed = entry.Index;
            OnCommitted(shadow, entry);
        }
    }

    public void OnWiped(ServerId server)
    {
        _servers[server].Wipe();
        foreach (var vote in _votes.Keys.Where(vote => vote.Voter == server).ToArray()) _votes.Remove(vote);
    }

    // Zero where nothing is committed: then it is said elsewhere that a snapshot holds too much.
    private EntryStamp StampOf(LogIndex index) =>
        index >= new LogIndex(1) && index <= CommittedIndex ? _committed[(int)index.Value - 1].Stamp : default;

    private void OnAppend(ServerId leader, AppendEntries append)
    {
        var (term, shadow) = (append.Header.Term, _servers[leader]);
        if (!_reigns.TryGetValue(term, out var reign))
        {
            reign = new Reign(shadow, append.LeaderCommit);
            _reigns.Add(term, reign);
            shadow.Promise(term);
            CheckElected(shadow, term);
            CheckCompleteness(term, reign);
        }

        _violations.Require(reign.Leader == leader, "one leader per term (election safety)",
            $"{leader} and {reign.Leader} both lead term {term}");
        foreach (var entry in append.Entries)
            _violations.Require(shadow.Submitted.Holds(entry), "a leader sends its own log",
                $"{leader} sends {entry.Id}, and its log has {shadow.Submitted.IdAt(entry.Index)} there");

        if (append.LeaderCommit <= reign.Commit) return;
        reign.Commit = append.LeaderCommit;
        var committed = shadow.Submitted.IdAt(append.LeaderCommit);
        _violations.Require(committed.Term == term, "a leader counts only entries of its own term (§5.4.2)",
            $"{leader} commits {committed} in term {term}");
    }

    private void OnAccepted(ServerId follower, ServerId leader, AppendAccepted accepted)
    {
        var (term, shadow) = (accepted.Header.Term, _servers[follower]);
        shadow.Promise(term);
        _violations.Require(shadow.Durable.LastIndex >= accepted.Matched, "what is acknowledged is on disk",
            $"{follower} acknowledges {accepted.Matched} to {leader}, and its log has promised it {shadow.Durable}");
        if (!_reigns.TryGetValue(term, out var reign) || reign.Leader != leader) return;

        var (mine, theirs) = (shadow.Durable.At(accepted.Matched), reign.LogIn(term).At(accepted.Matched));
        _violations.Require(mine == theirs || theirs is null, "what is acknowledged is what the leader sent",
            $"{follower} acknowledges {accepted.Matched} to {leader} in term {term}, and has "
            + $"{shadow.Durable.IdAt(accepted.Matched)} there");
    }

    private void OnVote(ServerId voter, Term term, ServerId candidate)
    {
        _servers[voter].Promise(term);
        Ballots(_ballots, candidate, term).Add(voter);
        _votes.TryAdd((voter, term), candidate);
        _violations.Require(_votes[(voter, term)] == candidate, "one vote per term",
            $"{voter} votes for {_votes[(voter, term)]} and for {candidate} in term {term}");
        var durable = _servers[voter].DurableState;
        _violations.Require(durable == new HardState(term, candidate) || durable.Term > term, "a vote is on disk before it is sent",
            $"{voter} votes for {candidate} in term {term}, and its log has promised it {Describe(durable)}");
    }

    private void CheckHardState(ServerShadow shadow, HardState next)
    {
        var before = shadow.State;
        CheckProvenance(shadow, next);
        _violations.Require(next.Term >= before.Term, "a term never goes back",
            $"{shadow.Server} goes from {Describe(before)} to {Describe(next)}");
        _violations.Require(next.Term > before.Term || before.Vote is null || before.Vote == next.Vote, "one vote per term",
            $"{shadow.Server} goes from {Describe(before)} to {Describe(next)}");
    }

    // Log Matching, by induction: an entry is known everywhere with the same content and the same entry before it.
    private void CheckEntry(ServerShadow shadow, LogEntry entry, LogSlice entries, HardState state)
    {
        var before = entry == entries.First
            ? shadow.Submitted.IdAt(entry.Index.Previous)
            : entries[(int)(entry.Index - entries.First.Index) - 1].Id;
        var seen = (EntryStamp.Of(entry), before);
        _configurations.Add(entry);
        if (_entries.TryAdd(entry.Id, seen))
        {
            CheckAuthor(shadow, entry, state);
            if (entry.Kind == EntryKind.Configuration) CheckNewConfiguration(shadow, entry);
        }

        _violations.Require(_entries[entry.Id] == seen, "log matching",
            $"{shadow.Server} writes {entry.Id} after {before}; elsewhere it comes after {_entries[entry.Id].Previous}, or differs");
    }

    private void OnCommitted(ServerShadow shadow, LogEntry entry)
    {
        var stamp = EntryStamp.Of(entry);
        if (entry.Index <= CommittedIndex)
        {
            var known = _committed[(int)entry.Index.Value - 1].Stamp;
            _violations.Require(known == stamp, "state machine safety",
                $"{shadow.Server} applies {entry.Id}, where another server applied one of term {known.Term}");
            return;
        }

        _committed.Add((stamp, shadow.State.Term));
        _committedLog.Append(entry);
        OnMembersCommitted(entry);
        var deciders = DecidersOf(shadow, entry.Index);
        _violations.Require(
            deciders.Any(members => members.HasMajority(voter => HasPromised(voter, entry.Index, stamp))),
            "what is committed was promised by a majority of logs",
            $"{shadow.Server} applies {entry.Id}, which the logs of "
            + $"{string.Join(' ', _servers.Keys.Where(server => HasPromised(server, entry.Index, stamp)))} have said to be "
            + $"durable, of {deciders[0]}");
        Committed?.Invoke(shadow.Server, entry, deciders);
        foreach (var (term, reign) in _reigns)
            if (term > shadow.State.Term) CheckHas(term, reign, entry.Index, stamp);
    }

    private void CheckCompleteness(Term term, Reign reign)
    {
        // What the leader lacks, it lacks at the end or where another entry stands; look at all, from the newest.
        for (var index = CommittedIndex; index > LogIndex.Zero; index = index.Previous)
        {
            var (stamp, committedIn) = _committed[(int)index.Value - 1];
            if (committedIn < term) CheckHas(term, reign, index, stamp);
            if (_violations.Any) return;
        }
    }

    private void CheckHas(Term term, Reign reign, LogIndex index, EntryStamp stamp) =>
        _violations.Require(reign.LogIn(term).Holds(index, stamp), "leader completeness",
            $"{reign.Leader} leads term {term} without the committed entry {new EntryId(stamp.Term, index)}");

    private static string Describe(HardState state) =>
        state.Vote is { } vote ? $"term {state.Term} with a vote for {vote}" : $"term {state.Term} without a vote";

    /// <summary>A server's time as the leader of a term.</summary>
    private sealed class Reign(ServerShadow leader, LogIndex commit)
    {
        private readonly ShadowLog _logAtElection = new(leader.Submitted);
        private readonly int _recoveries = leader.Recoveries;

        public ServerId Leader => leader.Server;

        public LogIndex Commit { get; set; } = commit;

        /// <summary>While it leads, the leader's log only grows; afterwards the copy made at the election says enough.</summary>
        public ShadowLog LogIn(Term term) =>
            leader.State.Term == term && leader.Recoveries == _recoveries ? leader.Submitted : _logAtElection;
    }
}
