using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// What must hold while members change (§6): one change at a time, voters by way of a joint configuration, and whatever
/// is decided, decided by the majorities of the configuration that the decider goes by.
/// </summary>
internal sealed partial class ProtocolChecks
{
    // Whom the leader of a term told to campaign.
    private readonly HashSet<(ServerId Target, Term In)> _told = [];
    private readonly Configurations _configurations;
    private readonly Dictionary<(ServerId Candidate, Term Term), HashSet<ServerId>> _ballots = [];
    private readonly Dictionary<(ServerId Candidate, Term Term), HashSet<ServerId>> _preVotes = [];
    private readonly Dictionary<ServerId, ClusterView> _views = [];

    /// <summary>The latest configuration that is known to be committed.</summary>
    public Configuration Members { get; private set; }

    /// <summary>How many changes of membership were committed.</summary>
    public int MemberChanges { get; private set; }

    /// <summary>How often a joint configuration was committed.</summary>
    public int JointChanges { get; private set; }

    /// <summary>How many servers that were given as learners have become voters.</summary>
    public int Promotions { get; private set; }

    /// <summary>Whether no log holds a configuration that is not decided.</summary>
    public bool IsMembershipSettled => !Members.IsJoint
        && _servers.Values.All(server => _configurations.Latest(server.Submitted).Entry.Index <= CommittedIndex);

    /// <summary>
    /// Whether members have this configuration in effect, and none of them waits for its promotion.
    /// </summary>
    public bool IsMembershipSettledFor(Configuration members) => !members.IsJoint
        && _servers.Values.All(server => members.Find(server.Server) is null
            || _configurations.Latest(server.Submitted).Entry.Index <= CommittedIndex);

    /// <summary>Another server is there, of which no log says anything yet.</summary>
    public void AddServer(ServerId server) => _servers.Add(server, new ServerShadow(server, StampOf));

    /// <summary>A server tells its node what it sees.</summary>
    public void OnView(ServerId server, ClusterView view) => _views[server] = view;

    /// <summary>The configuration that a server's log has in effect.</summary>
    public Configuration MembersOf(ServerId server) => _configurations.Latest(_servers[server].Submitted).Configuration;

    private bool HasPromised(ServerId server, LogIndex index, EntryStamp stamp) =>
        _servers.TryGetValue(server, out var shadow)
        && (shadow.Durable.Holds(index, stamp) || shadow.LostWithDisk?.Holds(index, stamp) == true);

    /// <summary>
    /// Those by one of which an entry that a server applies was committed: the one at the entry, or a later one of that
    /// log or its leader's, which may be ahead; which, messages do not tell.
    /// </summary>
    private Configuration[] DecidersOf(ServerShadow shadow, LogIndex index) =>
    [
        .. _configurations.From(shadow.Submitted, index).Select(found => found.Configuration),
        .. _configurations.WrittenIn(shadow.State.Term, after: shadow.Submitted.LastIndex),
    ];

    private void CheckNewConfiguration(ServerShadow leader, LogEntry entry)
    {
        var (before, old) = _configurations.At(leader.Submitted, entry.Index.Previous);
        var next = _configurations.Find(entry.Id);
        if (next is null)
        {
            _violations.Report("a configuration can be read", $"{leader.Server} writes {entry.Id}, which is none");
            return;
        }

        // Naming a disk changes nobody's part; it may come on top of a change that is under way.
        if (DifferInDisksOnly(old, next)) return;

        _violations.Require(IsDecided(leader, before, old, entry.Term), "one change of membership at a time",
            $"{leader.Server} goes on to {next} in {entry.Id}, and {old} of {before} is not committed by an entry of its term");
        _violations.Require(HaveCommonMajority(old, next), "voters change by way of a joint configuration",
            $"{leader.Server} goes from {old} of {before} to {next} in {entry.Id}");
    }

    // An entry of the leader's own term lies on the majorities of the configuration, and with it all before it.
    private bool IsDecided(ServerShadow leader, EntryId entry, Configuration configuration, Term term)
    {
        for (var index = leader.Submitted.LastIndex; index > LogIndex.Zero && index >= entry.Index; index = index.Previous)
        {
            var stamp = leader.Submitted.At(index)!.Value;
            if (stamp.Term != term) return false;
            if (configuration.HasMajority(voter => HasPromised(voter, index, stamp))) return true;
        }

        return false;
    }

    private static bool HaveCommonMajority(Configuration old, Configuration next)
    {
        var before = Voters(old.Members);
        return (old.IsJoint, next.IsJoint) switch
        {
            (false, false) or (true, false) => before.SequenceEqual(Voters(next.Members)),
            (false, true) => before.SequenceEqual(Voters(next.Outgoing)),
            (true, true) => false,
        };

        static IEnumerable<ServerId> Voters(IEnumerable<Member> members) =>
            members.Where(member => member.IsVoter).Select(member => member.Id);
    }

    private static bool DifferInDisksOnly(Configuration one, Configuration other) =>
        one.Members.Select(Nameless).SequenceEqual(other.Members.Select(Nameless))
        && one.Outgoing.Select(Nameless).SequenceEqual(other.Outgoing.Select(Nameless))
        && one.Retired.SequenceEqual(other.Retired);

    private static Member Nameless(Member member) => member with { Disk = DiskId.Unknown };

    private void OnMembersCommitted(LogEntry entry)
    {
        if (entry.Kind != EntryKind.Configuration || _configurations.Find(entry.Id) is not { } next) return;

        var old = Members;
        Members = next;
        if (DifferInDisksOnly(old, next)) return;

        MemberChanges++;
        if (next.IsJoint) JointChanges++;
        if (!next.IsJoint)
            Promotions += next.Members.Count(member =>
                member.IsVoter && _wereLearners.Remove(member.Id));
        _wereLearners.UnionWith(
            next.Members.Where(member => member.Role == MemberRole.Learner).Select(member => member.Id));
    }

    private readonly HashSet<ServerId> _wereLearners = [];

    /// <summary>Who begins to lead was elected by majorities of the configuration that its log had before.</summary>
    private void CheckElected(ServerShadow leader, Term term)
    {
        var last = leader.Submitted.LastIndex;
        while (leader.Submitted.At(last)?.Term >= term) last = last.Previous;
        var configuration = _configurations.At(leader.Submitted, last).Configuration;
        var ballots = _ballots.GetValueOrDefault((leader.Server, term)) ?? [];
        if (leader.State.Term == term && leader.State.Vote == leader.Server) ballots.Add(leader.Server);
        _violations.Require(configuration.HasMajority(ballots.Contains), "a leader has the votes of a majority",
            $"{leader.Server} leads term {term} of {configuration} with the votes of {string.Join(' ', ballots.Order())}");
    }

    private void OnPreVote(ServerId voter, ServerId candidate, Term term) => Ballots(_preVotes, candidate, term).Add(voter);

    /// <summary>
    /// A server asks for votes. By its own log it votes itself, and enough others have said before that they would vote
    /// for it: so no server that has left, or was cut off, raises the term of a cluster that has a leader (§4.2.3, §9.6).
    /// </summary>
    private void OnCampaign(ServerId candidate, RequestVote request)
    {
        var (term, last) = (request.Header.Term, request.LastLog);
        // The request waits for the disk; the log may have gone on since, behind another leader of the term.
        var log = _servers[candidate].Submitted;
        if (log.IdAt(last.Index) != last) return;

        var configuration = _configurations.At(log, last.Index).Configuration;
        var agree = Ballots(_preVotes, candidate, term);
        _violations.Require(
            configuration.IsVoter(candidate) || VotedBefore(candidate, log, last.Index),
            "only who votes, or did so till now, campaigns",
            $"{candidate} campaigns in term {term}; its log says {configuration}");
        if (request.IsTransfer)
        {
            _violations.Require(
                _told.Contains((candidate, new Term(term.Value - 1))), "nobody but a leader has a server campaign unasked",
                $"{candidate} campaigns in term {term} as if the leader of the term before had told it to");
            return;
        }

        _violations.Require(
            configuration.HasMajority(voter => voter == candidate || agree.Contains(voter)),
            "nobody campaigns who was not told that it may win",
            $"{candidate} campaigns in term {term} of {configuration}, where {string.Join(' ', agree.Order())} agreed");
    }

    // By the configuration from which voters changed to the one in effect.
    private bool VotedBefore(ServerId server, ShadowLog log, LogIndex index)
    {
        var (entry, latest) = _configurations.At(log, index);
        var before = latest;
        while (entry.Index > LogIndex.Zero && before.HasSameVoters(latest))
            (entry, before) = _configurations.At(log, entry.Index.Previous);
        return before.IsVoter(server);
    }

    private static HashSet<ServerId> Ballots(
        Dictionary<(ServerId, Term), HashSet<ServerId>> all, ServerId candidate, Term term)
    {
        if (!all.TryGetValue((candidate, term), out var ballots)) all.Add((candidate, term), ballots = []);
        return ballots;
    }

    /// <summary>What a server tells of the members is what its log says, through every truncation and recovery.</summary>
    private void CheckView(ServerId server)
    {
        if (!_views.TryGetValue(server, out var view)) return;

        var (entry, configuration) = _configurations.Latest(_servers[server].Submitted);
        if (entry == EntryId.Zero) return;   // What the settings say, which differs for those who join.

        // A server that does not count tells its clients what the server said that told it so: what is in that one's log.
        if (view.MembersIndex > entry.Index)
        {
            foreach (var other in _servers.Values)
            {
                var found = _configurations.At(other.Submitted, view.MembersIndex);
                if (found.Entry.Index == view.MembersIndex) (entry, configuration) = found;
            }
        }

        var told = view.Members.OrderBy(member => member.Server);
        var right = configuration.Servers.Select(
            member => new MemberAddress(member.Id, member.Address) { Role = member.Role });
        _violations.Require(told.SequenceEqual(right), "a server goes by the latest configuration in its log",
            $"{server} tells that the members are {string.Join(' ', view.Members)}; its log says {configuration} in {entry}");
    }

    private void CheckConfiguration(ServerId server, StoredSnapshot snapshot)
    {
        if (snapshot.Last.Index > CommittedIndex) return;   // That is said elsewhere.

        var last = snapshot.Last.Index;
        var right = _configurations.At(_committedLog, last).Configuration;
        var found = right;
        var isReadable = snapshot.Head.Configuration.IsEmpty
            ? right == _configurations.Founding
            : ConfigurationCodec.TryDecode(snapshot.Head.Configuration.Span, out found);
        _violations.Require(isReadable && found!.IsSameAs(right), "committed configurations are the same on all servers",
            $"the snapshot of {snapshot.Last} at {server} says {found}, and the log {right}");
    }
}
