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
            case PreVoteReply reply:     OnPreVoteReply(poll, reply);      break;
            case RequestPreVote request: AnswerAndYield(request);          break;
            case AppendEntries append:   FollowThenHandle(append);         break;   // Someone won this term, or lives.
            case RequestVote request:    VoteThenFollow(request);          break;
            case PollTimer timer:        OnPollTimer(poll, timer);         break;
            default:                     InEveryRole(message);             break;
        }
    }

    /// <param name="leaderIsCutOff">Whether the connection to the leader broke: then the next round comes soon.</param>
    private void BecomePreCandidate(bool leaderIsCutOff = false)
    {
        var poll = new Poll(Members, IsFounding, CurrentTerm.Next);
        poll.Grant(_settings.Server);

        var role = new Role(ServerRole.PreCandidate, RefusesElections: () => false, Leave: () => { })
        {
            Problems = () => poll.IsFounding ? [ServerProblems.AwaitsBootstrap(poll.Missing)] : [],
        };
        Enter(role, leader: null, message => PreVoting(poll, message),
            leaderIsCutOff ? _timeouts.DrawShort() : _timeouts.Draw(), new PollTimer(poll));

        var request = new RequestPreVote(Header, poll.ProposedTerm, _log.Last)
        {
            Bootstrap = BootstrapList, RestoredFrom = RestoredFrom,
        };
        foreach (var peer in OtherVoters) Tell(peer, request);
        if (poll.HasQuorum) BecomeCandidate();
    }

    private void OnPreVoteReply(Poll poll, PreVoteReply reply)
    {
        OnBootstrapAnswer(reply);
        if (!reply.Granted || reply.ProposedTerm != poll.ProposedTerm || !Counts(reply.Header)) return;

        poll.Grant(reply.Header.Sender);
        if (poll.HasQuorum && !HasDiskTrouble) BecomeCandidate();
    }

    // When a leader's process dies, all the others learn of it in the same moment and ask each other in the same
    // moment. Each would win its poll, campaign, and vote for itself: nobody wins, and a whole election timeout is
    // lost. So of two that ask, the one whose log is behind gives way, or where the logs are equal, the one whose
    // name comes later. It asks again when nothing comes of the other's campaign in time.
    private void AnswerAndYield(RequestPreVote request)
    {
        if (!OnRequestPreVote(request)) return;
        if (request.LastLog > _log.Last || request.Header.Sender < _settings.Server) BecomeFollower(leader: null);
    }

    private void OnPollTimer(Poll poll, PollTimer timer)
    {
        if (timer.Poll != poll) return;

        CheckDisk();
        WarnOfBootstrap();
        if (HasDiskTrouble) BecomeFollower(leader: null);   // It could not store its vote for itself.
        else BecomePreCandidate();
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
