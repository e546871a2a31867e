using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>PreVoting: asks whether an election could be won, before disturbing anyone with a new term (dissertation §9.6).</summary>
internal sealed partial class RaftServer
{
    private void PreVoting(Poll poll, object message)
    {
        switch (message)
        {
            case PreVoteReply reply:   OnPreVoteReply(poll, reply);      break;
            case AppendEntries append: FollowThenHandle(append);         break;   // Someone won this term, or lives.
            case RequestVote request:  VoteThenFollow(request);          break;
            case PollTimer timer:      OnPollTimer(poll, timer);         break;
            default:                   InEveryRole(message);             break;
        }
    }

    /// <param name="leaderIsCutOff">Whether the connection to the leader broke: then the next round comes soon.</param>
    private void BecomePreCandidate(bool leaderIsCutOff = false)
    {
        var poll = new Poll(_voters, CurrentTerm.Next);
        poll.Grant(_settings.Server);

        var role = new Role(ServerRole.PreCandidate, RefusesElections: () => false, Leave: () => { });
        Enter(role, leader: null, message => PreVoting(poll, message),
            leaderIsCutOff ? _timeouts.DrawShort() : _timeouts.Draw(), new PollTimer(poll));

        foreach (var peer in _others) Tell(peer, new RequestPreVote(Header, poll.ProposedTerm, _log.Last));
        if (poll.HasQuorum) BecomeCandidate();
    }

    private void OnPreVoteReply(Poll poll, PreVoteReply reply)
    {
        if (!reply.Granted || reply.ProposedTerm != poll.ProposedTerm) return;

        poll.Grant(reply.Header.Sender);
        if (poll.HasQuorum) BecomeCandidate();
    }

    private void OnPollTimer(Poll poll, PollTimer timer)
    {
        if (timer.Poll == poll) BecomePreCandidate();
    }

    /// <summary>Follows the sender of an append of this term, and takes the append.</summary>
    private void FollowThenHandle(AppendEntries append)
    {
        if (append.Header.Term < CurrentTerm)
        {
            RejectOldLeader(append);
            return;
        }

        BecomeFollower(append.Header.Sender);
        Self.Forward(append);
    }

    private void VoteThenFollow(RequestVote request)
    {
        if (OnRequestVote(request)) BecomeFollower(leader: null);
    }

    private sealed record PollTimer(Poll Poll) : IRoleTimer;
}
