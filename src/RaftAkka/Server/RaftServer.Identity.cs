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
    private readonly RateLimit _notices = new(perSecond: 20);
    private string? _refusal;   // Why this server does not count, for people.

    private string WhyItDoesNotCount => _refusal is { } refusal ? $"{_settings.Server} does not count: {refusal}" : "";

    private bool IsRefused => _refusal is not null;

    /// <summary>Whether this server's configuration is that of the settings, and no leader has confirmed it yet.</summary>
    private bool IsFounding => _members.LatestIndex == LogIndex.Zero && _disk != DiskId.Unknown;

    /// <summary>The snapshot of a backup that this server begins with, while its cluster is not founded; 0 where none.</summary>
    private uint RestoredFrom => IsFounding && _snapshot is { } snapshot ? snapshot.Checksum : 0;

    /// <summary>
    /// Whether a server that asks for a vote was restored from the same backup as this one, as far as either says. With two
    /// backups both could lead, each with a state of its own.
    /// </summary>
    private bool IsOfSameBackup(ServerId candidate, uint restoredFrom)
    {
        if (restoredFrom == 0 || RestoredFrom == 0 || restoredFrom == RestoredFrom) return true;
        _lines.RefusesBackup(candidate, restoredFrom, RestoredFrom);
        return false;
    }

    /// <summary>Whether what a server says of its votes and its log counts.</summary>
    private bool Counts(ServerId server, DiskId disk)
    {
        var known = Members.Find(server)?.Disk ?? DiskId.Unknown;
        return known == DiskId.Unknown
            ? disk == DiskId.Unknown || IsFounding   // A log that names no disk is older than the names of disks.
            : _rules.IsDisk(known, disk);
    }

    private bool Counts(MessageHeader header) => Counts(header.Sender, header.Disk);

    /// <summary>Drops what comes from another disk than the sender's, and tells the sender why.</summary>
    private bool IsFromItsDisk(IPeerMessage message)
    {
        var header = message.Header;
        var known = Members.Find(header.Sender)?.Disk ?? DiskId.Unknown;
        if (known == DiskId.Unknown || _rules.IsDisk(known, header.Disk)) return true;

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

        // Where it is now is not known: the answer goes where the message came from. That may be anybody, so that there are
        // only so many answers in a time.
        if (message is not RemovalNotice && _notices.TryTake(Now))
            _parts.Peers.Answer(Sender, new RemovalNotice(Header) { View = _view }, Self);
        return true;
    }

    // A disk that a committed configuration names is the server's as long as it belongs to the cluster.
    private bool IsKnownByItsDisk => KnownAt(_commitIndex)?.Find(_settings.Server)?.Disk == _disk;

    // In whatever term: the sender may be far ahead.
    private void OnRefused(IPeerMessage message)
    {
        switch (message)
        {
            case DiskRefused refused when refused.Disk != _disk:
                return;   // Of a disk that is gone.
            case DiskRefused { IsRolledBack: false } when IsKnownByItsDisk:
                _lines.IgnoresImpossible(message, Sender.Path.Address, $"{_disk} is the disk by which the cluster knows this server");
                return;
            case DiskRefused refused:
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
