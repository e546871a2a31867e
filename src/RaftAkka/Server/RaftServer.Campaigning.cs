using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Campaigning: a new term, the own vote, and everyone else asked for theirs (§5.2).</summary>
internal sealed partial class RaftServer
{
    // The votes belong to this behaviour, not to the actor: the next Become forgets them, so a later candidacy
    // cannot count a ballot from this one.
    private void Campaigning(Candidacy candidacy, object message)
    {
        switch (message)
        {
            case VoteReply reply:      OnVoteReply(candidacy, reply);           break;
            case LogWritten written:   OnOwnVoteWritten(candidacy, written);    break;
            case AppendEntries append: FollowThenHandle(append);                break;   // Someone else won this term.
            case CampaignTimer timer:  OnCampaignTimer(candidacy, timer);       break;
            default:                   InEveryRole(message);                    break;
        }
    }

    /// <param name="isTransfer">Whether the leader asked for it, and counts on no promise any more.</param>
    private void BecomeCandidate(bool isTransfer = false)
    {
        Invariant.Holds(
            isTransfer || !IsBound, "nobody campaigns, which is voting for itself, before its promise has run out");
        EnterTerm(CurrentTerm.Next, vote: _settings.Server);

        var candidacy = new Candidacy(Members, IsFounding, _hardStateWrite);
        var role = new Role(ServerRole.Candidate, RefusesElections: () => false, Leave: () => { });
        Enter(role, leader: null, message => Campaigning(candidacy, message),
            _timeouts.Draw(), new CampaignTimer(candidacy));

        // Asked only once the own vote is on disk: a candidate that crashed in between and forgot its candidacy
        // could otherwise give its vote of this term to another while votes for itself are on their way.
        var request = new RequestVote(Header, _log.Last)
        {
            IsTransfer = isTransfer, Bootstrap = BootstrapList, RestoredFrom = RestoredFrom,
        };
        foreach (var peer in OtherVoters) TellOnceDurable(candidacy.OwnVote, peer, request);
    }

    private void OnOwnVoteWritten(Candidacy candidacy, LogWritten written)
    {
        OnLogWritten(written);
        if (!_ledger.IsDurable(candidacy.OwnVote)) return;

        candidacy.Grant(_settings.Server, _disk);
        if (candidacy.HasQuorum) BecomeLeader(candidacy);
    }

    private void OnVoteReply(Candidacy candidacy, VoteReply reply)
    {
        Invariant.Holds(reply.Header.Term <= CurrentTerm, "a newer term steps us down before any handler runs");

        if (reply.Header.Term < CurrentTerm) return;   // A ballot from an election we already left.
        if (!reply.Granted || !Counts(reply.Header)) return;

        candidacy.Grant(reply.Header.Sender, reply.Header.Disk);   // A duplicated reply counts once.
        if (candidacy.HasQuorum) BecomeLeader(candidacy);
    }

    // Nobody won in time: ask again whether it is worth a new term.
    private void OnCampaignTimer(Candidacy candidacy, CampaignTimer timer)
    {
        if (timer.Candidacy != candidacy) return;

        CheckDisk();
        if (HasDiskTrouble) BecomeFollower(leader: null);   // Its vote for itself is perhaps not stored yet.
        else BecomePreCandidate();
    }

    private sealed record CampaignTimer(Candidacy Candidacy) : IRoleTimer;
}
