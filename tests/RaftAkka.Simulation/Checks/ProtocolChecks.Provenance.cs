using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// Where everything comes from: terms, votes, entries and snapshots come from members. What others send, in whatever name,
/// changes nothing.
/// </summary>
internal sealed partial class ProtocolChecks
{
    private readonly HashSet<Term> _spoken = [Term.Zero];
    private readonly HashSet<(ServerId Candidate, Term Term)> _campaigns = [];
    private readonly HashSet<(EntryId Last, long Bytes, uint Checksum)> _snapshots = [];
    private readonly HashSet<EntryId> _given = [];

    /// <summary>A log that was put on a disk by hand has entries and terms that nobody speaks of.</summary>
    public void OnGiven(Term term, LogSlice entries)
    {
        _spoken.Add(term);
        foreach (var entry in entries) _spoken.Add(entry.Term);
        _given.UnionWith(entries.Select(entry => entry.Id));
    }

    private void NoteSpoken(ServerId from, IPeerMessage message)
    {
        _spoken.Add(message.Header.Term);
        if (message is RequestVote) _campaigns.Add((from, message.Header.Term));
    }

    private void CheckProvenance(ServerShadow shadow, HardState next)
    {
        var isOwnCampaign = next.Vote == shadow.Server && next.Term == shadow.State.Term.Next;
        _violations.Require(
            next.Term == shadow.State.Term || isOwnCampaign || _spoken.Contains(next.Term), "terms come from members",
            $"{shadow.Server} goes from {Describe(shadow.State)} to {Describe(next)}, and no member has spoken of that term");
        if (isOwnCampaign) _spoken.Add(next.Term);
        _violations.Require(
            next.Vote is not { } candidate || candidate == shadow.Server || _campaigns.Contains((candidate, next.Term)),
            "votes are for members that ask", $"{shadow.Server} has {Describe(next)}, and {next.Vote} does not campaign there");
    }

    // Its first author leads its term, or has just been elected.
    private void CheckAuthor(ServerShadow author, LogEntry entry, HardState state) =>
        _violations.Require(
            state == new HardState(entry.Term, author.Server) || _given.Contains(entry.Id), "entries come from leaders",
            $"{author.Server}, with {Describe(state)}, writes {entry.Id}, which no leader has made");

    /// <summary>A server has taken a snapshot of its own machine.</summary>
    public void OnSnapshotTaken(ServerId server, StoredSnapshot snapshot)
    {
        _snapshots.Add((snapshot.Last, snapshot.Bytes, snapshot.Checksum));
        OnSnapshot(server, snapshot);
    }

    /// <summary>A server has received a snapshot of another one.</summary>
    public void OnSnapshotReceived(ServerId server, StoredSnapshot snapshot)
    {
        OnSnapshot(server, snapshot);
        _violations.Require(
            _snapshots.Contains((snapshot.Last, snapshot.Bytes, snapshot.Checksum)), "snapshots come from members",
            $"{server} received a snapshot of {snapshot.Last} with {snapshot.Bytes} bytes, which no member has taken");
    }
}
