using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>What a client has learned of the cluster: where the servers are, and who led last.</summary>
internal sealed class ClusterMap(IReadOnlyList<string> seeds)
{
    // More servers than a cluster has members. Those that were named last stay.
    private const int AddressesMax = 2 * Configuration.MembersMax;

    private readonly IReadOnlyList<string> _seeds = seeds;
    private readonly Dictionary<ServerId, string> _addresses = [];
    private readonly LinkedList<string> _named = new();   // Every address that a view named, the latest first.
    private Term _membersTerm;
    private LogIndex _membersIndex;

    /// <summary>The servers, as the view of the latest term has them; empty before the first view.</summary>
    public IReadOnlyList<MemberAddress> Members { get; private set; } = [];

    /// <summary>Who leads, of all that is known; null where nobody does.</summary>
    public ServerId? Leader { get; private set; }

    /// <summary>The term of the latest known leader, present or past.</summary>
    public Term LeaderTerm { get; private set; }

    /// <summary>Where to look for a leader: the members, or the seeds until members are known.</summary>
    public IEnumerable<string> Addresses =>
        Members.Count > 0 ? Members.Select(member => member.Address) : _seeds;

    /// <summary>
    /// Where to look when the members alone lead nowhere: the members, the seeds, and the addresses that earlier views named.
    /// A server that was wiped, or has left, names members that are gone, and its view may be the only one that came.
    /// </summary>
    public IEnumerable<string> AllAddresses =>
        Addresses.Union(_seeds, StringComparer.Ordinal).Union(_named, StringComparer.Ordinal);

    public string? AddressOf(ServerId server) => _addresses.GetValueOrDefault(server);

    /// <summary>Takes a server's view in. Of two leaders, the one of the later term leads (§5.1).</summary>
    /// <param name="view">What the server sees.</param>
    /// <param name="from">
    /// The server whose view it is, where that is known: it knows best that it does not lead.
    /// </param>
    /// <returns>Whether it names a leader that is news.</returns>
    public bool Learn(ClusterView view, ServerId? from)
    {
        LearnMembers(view, from);

        if (view.Leader is { } leader)
        {
            // A leader that has denied it does not lead that term again, whatever others still say. But the
            // word may have been older than its election: its own claim counts.
            var claimsItself = view.Term == LeaderTerm && Leader is null && leader == from;

            // No term of one cluster has two leaders. So a leader that names another one of its own term belongs to a
            // cluster that was set up anew, and so may one that is back in an earlier term: it leads no more.
            var namesAnother = from is not null && from == Leader && leader != from;
            if (view.Term < LeaderTerm && namesAnother) Leader = null;
            if (view.Term <= LeaderTerm && !claimsItself && !(view.Term == LeaderTerm && namesAnother)) return false;

            (Leader, LeaderTerm) = (leader, view.Term);
            return true;
        }

        if (from is not null && from == Leader && view.Term >= LeaderTerm) Leader = null;
        return false;
    }

    /// <summary>
    /// No leader was found for long. The next view counts, whatever its term: a cluster that was set up anew
    /// starts with low ones.
    /// </summary>
    public void ForgetLeader() =>
        (Leader, LeaderTerm, _membersTerm, _membersIndex) = (null, Term.Zero, Term.Zero, LogIndex.Zero);

    // A server that is behind hears of the latest term like others, and names members that have left. A leader's word
    // counts all the same: what an earlier one said of a change may have come to nothing.
    private void LearnMembers(ClusterView view, ServerId? from)
    {
        if (view.Members.Count == 0 || view.Term < _membersTerm) return;
        if (view.MembersIndex < _membersIndex && (from is null || from != view.Leader)) return;

        (_membersTerm, _membersIndex) = (view.Term, view.MembersIndex);
        if (ReferenceEquals(view.Members, Members)) return;

        Members = view.Members;
        _addresses.Clear();
        foreach (var member in view.Members)
        {
            _addresses[member.Server] = member.Address;
            _named.Remove(member.Address);
            _named.AddFirst(member.Address);
        }

        while (_named.Count > AddressesMax) _named.RemoveLast();
    }
}
