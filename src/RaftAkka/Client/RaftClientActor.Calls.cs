using System.Globalization;
using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>Takes calls in, and lets them go: with a result, at their deadline, or at the end.</content>
internal sealed partial class RaftClientActor
{
    private const string NobodyAnswered = "no server has answered yet";

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(365);

    private readonly DeadlineWheel _deadlines;
    private readonly List<ClientCall> _due = [];
    private Queue<ClientCall> _commands = [];
    private Queue<ClientCall> _queries = [];
    private int _openCalls;

    // What last went wrong, for those who waited in vain.
    private string _trouble = NobodyAnswered;

    private void OnKnock()
    {
        _door.Open();
        var now = Now;

        // No more than may be open at once: then replies get their turn, before the rest of a flood is
        // refused.
        for (var taken = 0; taken <= _settings.CallsInFlightMax; taken++)
        {
            if (!_door.TryTake(out var request)) return;

            if (request is ClientCall call) Admit(call, now);
            else OnRequest(request);   // Here and now: as a message it could meet a stopped actor, and nobody would answer.
        }

        Self.Tell(Knock.Instance);
    }

    private void OnCall(ClientCall call) => Admit(call, Now);

    private void Admit(ClientCall call, TimeSpan now)
    {
        if (call.IsOpen || call.HasEnded) return;   // Told twice, or canceled already.

        if (_openCalls >= _settings.CallsInFlightMax)
        {
            call.Refuse(
                $"The client is busy: {_openCalls} calls wait for their results (CallsInFlightMax). This one "
                + "was not sent to anybody. Wait for some, or raise the limit.");
            return;
        }

        call.IsOpen = true;
        call.Deadline = now + (call.Timeout < TimeoutMax ? call.Timeout : TimeoutMax);
        _deadlines.Add(call);
        _openCalls++;
        if (call.Kind == ClientCallKind.Command) Enqueue(ref _commands, call);
        else if (call.Consistency == ReadConsistency.Stale) Enqueue(ref _staleQueries, call);
        else Enqueue(ref _queries, call);
        QueueFlush();
        WakeBy(now + DeadlineWheel.Tick);
    }

    private void Enqueue(ref Queue<ClientCall> waiting, ClientCall call)
    {
        // Calls whose time was up are only skipped when their turn comes, which may be never while there is
        // no leader.
        if (waiting.Count >= 2 * _settings.CallsInFlightMax)
            waiting = new(waiting.Where(other => other.IsOpen));
        waiting.Enqueue(call);
    }

    // Before everything else that waits: they have waited longest.
    private void PutBackInFront(List<ClientCall> calls) => _commands = new(calls.Concat(_commands));

    /// <summary>The call is no longer this actor's concern, whatever its outcome.</summary>
    private void Close(ClientCall call)
    {
        call.IsOpen = false;
        call.Batch = null;
        _deadlines.Remove(call);
        _openCalls--;
    }

    /// <summary>A call of a batch has its outcome. Its number is finished: it is not sent again.</summary>
    private void GiveUp(OutgoingBatch batch, ClientCall call)
    {
        Close(call);
        batch.OpenCalls--;
        batch.Session?.Finish(call.Sequence);
    }

    private void Forget(OutgoingBatch batch)
    {
        if (!_outstanding.Remove(batch)) _reads.Remove(batch);
        foreach (var number in batch.OpenTries) _tries.Remove(number);
    }

    private void RefuseTooLarge(Connection connection, ClientCall call)
    {
        const int wrapping = CommandBatch.HeaderBytes + CommandBatch.CommandHeaderBytes;
        Close(call);
        call.Refuse(
            $"The {Noun(call)} has {call.Body.Length} bytes; {connection.Server} takes at most "
            + $"{connection.BatchBytesMax - wrapping} (its batches have {connection.BatchBytesMax} bytes, batch-bytes-max, "
            + $"and {wrapping} go to what wraps the {Noun(call)}). It was not sent. Split it.");
    }

    private void RefuseWaiting(string reason)
    {
        foreach (var call in _commands.Concat(_queries).Concat(_staleQueries).Where(call => call.IsOpen).ToArray())
        {
            Close(call);
            call.Refuse($"The {Noun(call)} was not sent. {reason}");
        }

        _commands.Clear();
        _queries.Clear();
        _staleQueries.Clear();
    }

    private void ExpireCalls(TimeSpan now)
    {
        _due.Clear();
        _deadlines.TakeDue(now, _due);
        foreach (var call in _due) Expire(call);
        _due.Clear();
    }

    // A place among those in flight is free again. What was sent of it is not sent once more.
    private void OnCanceled(ClientCall call)
    {
        if (!call.IsOpen || !call.HasEnded) return;

        LetGo(call);
        QueueFlush();
    }

    private void LetGo(ClientCall call)
    {
        if (call.Batch is not { } batch)
        {
            Close(call);
            return;
        }

        GiveUp(batch, call);
        if (batch.OpenCalls == 0) Forget(batch);
    }

    private void Expire(ClientCall call)
    {
        var mayBeInLog = call.Batch is { MayBeInLog: true };
        LetGo(call);

        var within = $"within {call.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        var asked = string.Join(", ", _map.AllAddresses);
        if (call.Kind == ClientCallKind.Query)
            call.Refuse(
                $"The query was not answered {within}. Asked {asked}; last: {LastTrouble}. "
                + "Asking again is safe.");
        else if (mayBeInLog)
            call.LeaveUnknown(
                $"The command was sent, and its result did not come {within}: it may be applied or not. "
                + $"Last: {LastTrouble}. Find out by a query before you call again.");
        else
            call.Refuse(
                $"No leader took the command {within}, so it was surely not applied. Asked {asked}; last: "
                + $"{LastTrouble}. Is a majority of the servers up, and reachable from here?");
    }

    // After an error of our own, what a batch knows of its tries may be half written: it proves nothing any
    // more.
    private void EndAllCalls()
    {
        _due.Clear();
        _deadlines.TakeAll(_due);
        if (_due.Count > 0) _log.StopsWithCalls(_due.Count);
        foreach (var call in _due)
        {
            call.IsOpen = false;
            if (call.Batch is { } batch && (batch.MayBeInLog || _isBroken))
                call.LeaveUnknown($"The client was stopped after the {Noun(call)} had been sent.");
            else
                call.Refuse($"The client was stopped before any server took the {Noun(call)}.");
        }

        _due.Clear();
    }

    private static string Noun(ClientCall call) => call.Kind == ClientCallKind.Query ? "query" : "command";
}
