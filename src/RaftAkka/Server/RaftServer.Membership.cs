using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// Membership, what is alike in every role: a server goes by the latest configuration in its log, committed or not,
/// and by the one before when that entry is replaced (§6).
/// </summary>
internal sealed partial class RaftServer
{
    private ConfigurationHistory _members;
    private ServerId[] _others = [];
    private bool _hasLeft;

    /// <summary>Who belongs to the cluster as far as this server knows.</summary>
    private Configuration Members => _members.Latest;

    private bool IsVoter => !IsRefused && Members.IsVoter(_settings.Server) && Counts(_settings.Server, _disk);

    private CampaignRight CampaignRight
    {
        get
        {
            var known = Members.Find(_settings.Server)?.Disk ?? DiskId.Unknown;
            return IsRefused || !HasNextTerm || (known != DiskId.Unknown && !_rules.IsDisk(known, _disk))
                ? CampaignRight.None
                : _rules.CampaignRight(_members, _settings.Server, _commitIndex);
        }
    }

    /// <summary>Whether there is a term left to campaign for.</summary>
    private bool HasNextTerm => Headroom.IsPossible(CurrentTerm.Next);

    /// <summary>Those whom a candidate asks.</summary>
    private IEnumerable<ServerId> OtherVoters => _others.Where(Members.IsVoter);

    // What a new cluster begins with. A server that joins one knows addresses, and counts for nothing before the
    // leader's log says that it does.
    private static Configuration Bootstrap(RaftNodeSettings settings) => settings.Joins
        ? Configuration.Empty
        : Configuration.Of(settings.Members.Select(member => new Member(member.Server, member.Address, Priority: member.Priority)));

    /// <summary>Entries are about to be appended: in place of others, if the log goes on behind the first of them.</summary>
    private void TrackMembers(LogSlice entries)
    {
        var changes = _members.OnTruncated(entries.First.Index);
        foreach (var entry in entries)
        {
            if (entry.Kind != EntryKind.Configuration) continue;
            _members.OnAppended(entry.Index, Decode(entry.Index, entry.Payload.Span));
            changes = true;
        }

        if (changes) OnMembersChanged();
    }

    private void RecoverMembers(LogOpened opened, StoredSnapshot? snapshot)
    {
        foreach (var (index, bytes) in opened.Configurations) _members.OnAppended(index, Decode(index, bytes.Span));
        if (snapshot is not null) TakeMembersFrom(snapshot);
        OnMembersChanged();
    }

    // A snapshot of a cluster whose membership never changed says nothing: that is what the settings say.
    private void TakeMembersFrom(StoredSnapshot snapshot)
    {
        var last = snapshot.Last.Index;
        var (index, configuration) = snapshot.Head.Configuration.IsEmpty
            ? _members.At(LogIndex.Zero)
            : (last, Decode(last, snapshot.Head.Configuration.Span));
        if (_members.Restart(last, index, configuration)) OnMembersChanged();
    }

    private void OnMembersChanged()
    {
        _others = [.. Members.Servers.Select(server => server.Id).Where(id => id != _settings.Server)];
        _trusted.Follow(_members);
        PublishMembers();
        _role.MembersChanged();
    }

    private string AddressOf(Member server) => _settings.PrefersMembersAddresses
        ? _settings.Members.FirstOrDefault(member => member.Server == server.Id)?.Address ?? server.Address
        : server.Address;

    // The addresses that clients are told: those of the file where the log has none yet.
    private void PublishMembers()
    {
        MemberAddress[] members = [.. Members.Servers.Select(
            server => new MemberAddress(server.Id, AddressOf(server)) { Role = server.Role })];
        if (Members.IsEmpty || members.SequenceEqual(_view.Members.OrderBy(member => member.Server))) return;

        _view = _view with { Members = members, MembersIndex = _members.LatestIndex };
        _parts.Observer.Tell(new ViewChanged(_view), Self);
    }

    /// <summary>More is committed, and with it perhaps the configuration in effect.</summary>
    private void OnMembersCommitted()
    {
        if (_members.LatestIndex > _commitIndex) return;

        _members.ForgetBefore(_commitIndex);
        _trusted.Follow(_members);
        if (_hasLeft || !Members.Retired.Contains(_settings.Server)) return;

        _hasLeft = true;
        _lines.HasLeft(Members);
    }

    private static Configuration Decode(LogIndex index, ReadOnlySpan<byte> bytes) =>
        ConfigurationCodec.TryDecode(bytes, out var configuration)
            ? configuration
            : throw new InvariantBrokenException($"entry {index} holds no configuration: every leader checks that first");
}
