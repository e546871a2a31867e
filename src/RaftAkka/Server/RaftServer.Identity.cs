using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Identity: a server is its id together with the disk that its log began on. Whoever comes back under the id with
/// another disk has forgotten what it promised, and must not count as the one that it was. So a vote or an entry of a
/// server counts only where the configuration that one goes by names its disk. A new cluster has no such
/// configuration yet: its first election needs all of its servers, so that one that was wiped cannot help to found it
/// a second time; the first entry of the first leader then names their disks.
/// </summary>
internal sealed partial class RaftServer
{
    private DiskId _disk;
    private string? _refusal;   // Why this server does not count, for people.

    private string WhyItDoesNotCount => _refusal is { } refusal ? $"{_settings.Server} does not count: {refusal}" : "";

    private bool IsRefused => _refusal is not null;

    /// <summary>Whether this server's configuration is that of the settings, and no leader has confirmed it yet.</summary>
    private bool IsFounding => _members.LatestIndex == LogIndex.Zero && _disk != DiskId.Unknown;

    /// <summary>Whether what a server says of its votes and its log counts.</summary>
    private bool Counts(ServerId server, DiskId disk)
    {
        if (disk == DiskId.Unknown) return true;   // Its log is older than the names of disks.

        var known = Members.Find(server)?.Disk ?? DiskId.Unknown;
        return _rules.IsDisk(known, disk) || (known == DiskId.Unknown && IsFounding);
    }

    private bool Counts(MessageHeader header) => Counts(header.Sender, header.Disk);

    /// <summary>Drops what comes from another disk than the sender's, and tells the sender why.</summary>
    private bool IsFromItsDisk(IPeerMessage message)
    {
        var header = message.Header;
        var known = Members.Find(header.Sender)?.Disk ?? DiskId.Unknown;
        if (known == DiskId.Unknown || header.Disk == DiskId.Unknown || _rules.IsDisk(known, header.Disk)) return true;

        // What is not committed may be replaced, and by this very sender, if it leads: its requests are to be heard.
        if (_members.LatestIndex > _commitIndex)
            return message is AppendEntries or InstallSnapshot or RequestVote or RequestPreVote;

        _lines.RefusesDisk(header, known);
        if (message is not DiskRefused)
            Tell(header.Sender, new DiskRefused(Header, header.Disk) { IsRolledBack = known == DiskId.RolledBack, View = _view });
        return false;
    }

    /// <summary>
    /// Drops what comes from a server that has left, and tells it so: it may not have been there. While it is not committed
    /// that it has left it is heard like others; and the leader that has had that committed is heard until it is followed.
    /// </summary>
    private bool HasLeft(IPeerMessage message)
    {
        var header = message.Header;
        if (_members.LatestIndex > _commitIndex || !Members.Retired.Contains(header.Sender)) return false;
        if (header.Term == CurrentTerm && header.Sender == _view.Leader) return false;
        if (header.Cluster != _settings.Cluster || header.Group != _settings.Group) return false;

        if (message is not RemovalNotice && _parts.Peers.CanAnswer(header.Sender, Sender))
            Tell(header.Sender, new RemovalNotice(Header) { View = _view });
        return true;
    }

    // In whatever term: those who say so may be far ahead.
    private void OnRefused(IPeerMessage message)
    {
        switch (message)
        {
            case DiskRefused refused when refused.Disk == _disk:
                _refusal = refused.IsRolledBack
                    ? ServerProblems.IsRolledBack(refused.Header.Sender)
                    : ServerProblems.DiskIsRefused(refused.Header.Sender);
                _lines.IsRefused(refused, _disk);
                LearnWhereTheClusterIs(refused.View);
                break;
            case RemovalNotice removed:
                _refusal = ServerProblems.IsRemoved(message.Header.Sender);
                _lines.HasLeft(message.Header.Sender);
                LearnWhereTheClusterIs(removed.View);
                break;
            default:
                return;   // Of a disk that is gone.
        }

        // Also where it follows: it will not hear its leader any more, so that reads that wait for it are refused, and
        // clients do not hear of that leader for ever.
        BecomeFollower(leader: null);
    }

    // A server that was wiped or was away for long knows members that may be gone: to name those leads its clients nowhere.
    private void LearnWhereTheClusterIs(ClusterView? view)
    {
        if (view is not { Members.Count: > 0 } || view.MembersIndex < _view.MembersIndex) return;

        _view = _view with { Members = view.Members, MembersIndex = view.MembersIndex };
        _parts.Observer.Tell(new ViewChanged(_view), Self);
    }

    /// <summary>A member speaks for the first time: from now on it is known by this disk.</summary>
    private void LearnDisk(Leadership leadership, MessageHeader header)
    {
        if (header.Disk == DiskId.Unknown || Members.Find(header.Sender) is not { } member) return;
        if (member.Disk != DiskId.Unknown || _members.LatestIndex == LogIndex.Zero) return;

        // Whatever other change is under way: who votes stays the same.
        AppendConfiguration(leadership, Members.WithDisks(server => server == header.Sender ? header.Disk : DiskId.Unknown));
    }

    /// <summary>The first entry of a leadership (§8); the first one of a cluster says who belongs to it.</summary>
    private LogEntry FirstEntry(Candidacy candidacy)
    {
        var id = new EntryId(CurrentTerm, _log.Last.Index.Next);
        return IsFounding
            ? LogEntry.Create(id, EntryKind.Configuration, ConfigurationCodec.Encode(Members.WithDisks(candidacy.DiskOf)))
            : LogEntry.Create(id, EntryKind.NoOp, []);
    }
}
