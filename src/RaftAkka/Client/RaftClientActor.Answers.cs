using System.Text;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>Takes the servers' answers, of whichever try, and decides what is known of each call.</content>
internal sealed partial class RaftClientActor
{
    private int _expiriesInARow;

    private void OnSessionRegistered(SessionRegistered registered)
    {
        // Of an older registration. That session is not used, and expires.
        if (_registration is not { } registration || registered.Batch < registration.FirstTry) return;

        _failures = 0;
        _registration = null;
        _session = new OpenSession(
            new SessionId(registered.Session.Value, registration.Token),
            Math.Min(_settings.CallsInFlightMax, SessionTable.ResultsMax));
        QueueFlush();
    }

    private void OnResults(BatchResults results)
    {
        if (!_tries.Remove(results.Batch, out var batch)) return;   // A copy, or another try's came first.

        if (batch.Reader is null) _failures = 0;   // A follower's answer says nothing of the leader.
        var isLatest = batch.Answered(results.Batch);
        if (batch.Kind == ClientCallKind.Query) NoteSize(results.Results);
        var withoutResult = batch.OpenCalls;
        List<ClientCall>? again = null;
        var ended = new ResultsOnThePool(Math.Min(batch.OpenCalls, results.Results.Count));
        try
        {
            withoutResult -= TakeAll(batch, results.Results, ended, ref again);
        }
        finally
        {
            ended.GiveOut();   // Also before this actor breaks: these calls have let go of it.
        }

        if (again is not null) PutBackInFront(again);
        if (batch.OpenCalls == 0)
        {
            Forget(batch);
        }
        else
        {
            // An answer that leaves commands out: whether this try applied them cannot be told from it.
            if (withoutResult > 0) batch.LeftUnknown();
            if (isLatest)
            {
                batch.Payload = default;   // Encoded anew, with what is acknowledged by then.
                batch.RetryAt(Now + Backoff(batch.Refusals));
            }
        }

        QueueFlush();
    }

    /// <returns>How many open calls had a result among these.</returns>
    private int TakeAll(
        OutgoingBatch batch, IReadOnlyList<CommandResult> results, ResultsOnThePool ended, ref List<ClientCall>? again)
    {
        var taken = 0;
        var at = 0;
        foreach (var result in results)
        {
            // Both are in the order of the numbers. Results of calls that were given up have no match.
            while (at < batch.Calls.Count && batch.Calls[at].Sequence < result.Sequence.Value) at++;
            if (at == batch.Calls.Count) break;

            var call = batch.Calls[at];
            if (call.Sequence != result.Sequence.Value || !call.IsOpen || call.Batch != batch) continue;

            taken++;
            Take(batch, call, result, ended, ref again);
        }

        return taken;
    }

    private void Take(
        OutgoingBatch batch, ClientCall call, in CommandResult result, ResultsOnThePool ended, ref List<ClientCall>? again)
    {
        switch (result.Status)
        {
            case CommandStatus.Done:
                _expiriesInARow = 0;
                GiveUp(batch, call);
                call.CompleteTogether(result.Result, ended);
                break;

            case CommandStatus.SessionExpired:
                LeaveSession(batch.Session, _log.SessionExpired);
                if (batch.MayBeInLog)
                {
                    GiveUp(batch, call);
                    call.LeaveUnknown(
                        $"Session {batch.Session?.Id} expired after the command had been sent in it: an "
                        + "earlier try may have been applied. Find out by a query before you call again.");
                }
                else
                {
                    // This was the only try that may have reached the log, and it says: not applied. So the
                    // command may be sent again under another session without being applied twice.
                    batch.OpenCalls--;
                    call.Batch = null;
                    call.TakeBack();
                    (again ??= []).Add(call);
                }

                break;

            case CommandStatus.TooManyUnacknowledged:
                // Not applied by this try. It stays in the batch, which is tried again when older ones are
                // done.
                _trouble = "the session has more unacknowledged results than the servers keep";
                break;

            case CommandStatus.Malformed:
                End(batch, call, "the server could not read it");
                break;

            case CommandStatus.QueryFailed or CommandStatus.ResultTooLarge:
                GiveUp(batch, call);
                EndWithoutResult(call, result);
                break;

            // The client only acknowledges what it does not send again. So somebody else has done it, and whatever the
            // session says from now on may be meant for another.
            case CommandStatus.AlreadyAcknowledged:
                LeaveSession(batch.Session, _log.SessionIsNotOurs);
                GiveUp(batch, call);
                call.LeaveUnknown(
                    $"The servers say that the result of this command was acknowledged, which this client has not done: another "
                    + $"program used its session {batch.Session?.Id}. Whether the command was applied is unknown. Find out by a "
                    + "query before you call again.");
                break;

            // Also a status that this release does not know: nothing may be concluded from it.
            default:
                GiveUp(batch, call);
                call.LeaveUnknown(
                    $"The servers answered {result.Status}: the command's result is not known any more.");
                break;
        }
    }

    // Every server has the same state and the same machine: no other one has a better answer.
    private void EndWithoutResult(ClientCall call, in CommandResult result)
    {
        var tooLarge = $"has more than {IStateMachine.ResultBytesMax} bytes, and is not sent";
        if (result.Status == CommandStatus.ResultTooLarge && call.Kind == ClientCallKind.Command)
            call.LeaveUnknown($"The command was applied, once; but its result {tooLarge}. Find it out by a query.");
        else if (result.Status == CommandStatus.ResultTooLarge)
            call.FailQuery($"The query's answer {tooLarge}. Ask for less at a time, as by pages.");
        else if (call.Kind == ClientCallKind.Query)
            call.FailQuery(
                $"{WhoIs(Sender)}'s state machine threw when it was asked: {Encoding.UTF8.GetString(result.Result.Span)}. "
                + "The query was not sent to another server, whose state is the same, and it changed nothing. Correct the "
                + "query, or have the state machine answer it with a result that says what is wrong.");
        else
            call.LeaveUnknown($"The servers answered the command with {result.Status}, which is an answer to queries alone.");
    }

    private void LeaveSession(OpenSession? left, Action<object> log)
    {
        if (left is null || left != _session) return;

        log(left.Id);
        _session = null;
        _expiriesInARow++;
    }

    // The refusal's reason tells what is known of this try; what is known of the batch adds up from all its
    // tries.
    private void TakeRefusal(BatchRefused refused)
    {
        _trouble = refused.Facts.Length > 0 ? refused.Facts : $"{WhoIs(Sender)} refused it: {refused.Reason}";
        var isBusy = refused.Reason is not (RefusalReason.NotLeader or RefusalReason.LeadershipLost);
        if (_registration is { } registration && registration.LatestTry == refused.Batch)
        {
            registration.RetryAt(Now + (isBusy ? Backoff(registration.Refusals) : TimeSpan.Zero));
            return;
        }

        if (!_tries.Remove(refused.Batch, out var batch)) return;   // A copy, or another try's came first.

        var isLatest = batch.Answered(refused.Batch);
        switch (refused.Reason)
        {
            case RefusalReason.TooLarge or RefusalReason.Malformed:
                foreach (var call in batch.Calls.Where(call => call.IsOpen && call.Batch == batch).ToArray())
                    End(batch, call, $"the server refused the batch as {refused.Reason}: {refused.Facts}");
                Forget(batch);
                QueueFlush();
                return;

            case RefusalReason.NotLeader or RefusalReason.Busy:
                break;

            // Also a reason that this version does not know: nothing may be concluded from it.
            case RefusalReason.LeadershipLost:
            default:
                batch.LeftUnknown();
                break;
        }

        // An older try's refusal settles that try; the latest one is still on its way.
        if (!isLatest) return;
        var waits = isBusy || batch.Reader is not null;
        batch.RetryAt(Now + (waits ? Backoff(batch.Refusals) : TimeSpan.Zero));
    }

    /// <summary>Trying again is of no use.</summary>
    private void End(OutgoingBatch batch, ClientCall call, string why)
    {
        GiveUp(batch, call);
        if (batch.MayBeInLog)
            call.LeaveUnknown(
                $"An earlier try of the {Noun(call)} may have been applied; of the last one, {why}.");
        else
            call.Refuse($"The {Noun(call)} was not applied: {why}.");
    }
}
