using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Bootstrapping: the servers of a new cluster compare their lists of members before they agree on a first leader, whose
/// list becomes the first entry of the log. Also what a server says where its settings and the log differ later.
/// </summary>
internal sealed partial class RaftServer
{
    private readonly BootstrapWait _bootstrap = new();

    /// <summary>What goes with a question for a vote while the cluster begins.</summary>
    private Configuration? BootstrapList => IsFounding && !Members.IsEmpty ? Members : null;

    private IEnumerable<Member> OtherFounders =>
        Members.Servers.Where(server => server.IsVoter && server.Id != _settings.Server);

    /// <summary>Whether a server that asks for a vote begins the same cluster, if it begins one.</summary>
    private bool AgreesOnMembers(ServerId asker, Configuration? list)
    {
        if (!IsFounding || Members.IsEmpty) return true;

        _bootstrap.Hear(asker, Now);
        if (list is null) return true;   // Of a version that did not say so; or its log has the members.

        var difference = BootstrapLists.Difference(Members, list);
        if (_bootstrap.Compare(asker, difference)) _lines.BootstrapListsDiffer(asker, difference!);
        return difference is null;
    }

    private void OnBootstrapAnswer(PreVoteReply reply)
    {
        if (!IsFounding) return;

        _bootstrap.Hear(reply.Header.Sender, Now);
        _bootstrap.Answer(reply.Header.Sender, reply.Granted);
    }

    private void OnPeerUnreachable(PeerUnreachable lost)
    {
        if (IsFounding) _bootstrap.Unreachable(lost.Peer, lost.Reason);
    }

    private void WarnOfBootstrap()
    {
        if (IsFounding && !Members.IsEmpty && _bootstrap.Warning(OtherFounders, Now) is { } warning)
            _lines.AwaitsBootstrap(warning);
    }

    /// <summary>For whom a new cluster waits, and why; null where there is none to wait for.</summary>
    private string? BootstrapProblem() =>
        IsFounding && !Members.IsEmpty && _role.Name != ServerRole.Leader ? _bootstrap.Problem(OtherFounders, Now) : null;

    /// <summary>Where the settings have another address for a member than the log; null where they do not, or count.</summary>
    private string? AddressProblem()
    {
        if (_settings.PrefersMembersAddresses || _members.LatestIndex == LogIndex.Zero) return null;

        var moved = _settings.Members
            .Select(member => (Settings: member, Log: Members.Find(member.Server)))
            .Where(both => both.Log is not null && both.Log.Address != both.Settings.Address)
            .Select(both => $"{both.Settings.Server} is at {both.Settings.Address} in its settings, and at {both.Log!.Address} in the "
                + "cluster's log").ToArray();
        return moved.Length == 0
            ? null
            : $"{string.Join("; ", moved)}. The log's address is used. A server that moved is made known by 'raftakka member update ID "
                + "HOST:PORT'; where all moved together, set raft.member-addresses = file; where the settings are old, correct them";
    }
}
