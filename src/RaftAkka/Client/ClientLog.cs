using Akka.Event;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Every line that a client logs. Values and commands of users are never among the facts.</summary>
internal sealed class ClientLog(ILoggingAdapter log, string client)
{
    public void Serves(object server, object term) =>
        log.Info("raft client {0}: talks to leader {1}, term {2}", client, server, term);

    public void LosesServer(object server, string why) =>
        log.Info("raft client {0}: leaves {1} and looks for a leader: {2}", client, server, why);

    public void RefusedForGood(object server, string reason) =>
        log.Warning("raft client {0}: {1} refuses it for good: {2}", client, server, reason);

    public void SessionExpired(object session) =>
        log.Warning(
            "raft client {0}: session {1} has expired on the servers; registers another. Commands whose "
            + "earlier tries may have been applied end as unknown. The servers keep {2} sessions, and those of the "
            + "host with the most go first: if this happens often, use fewer clients",
            client, session, SessionTable.SessionsMax);

    public void SessionIsNotOurs(object session) =>
        log.Error(
            "raft client {0}: another program used session {1}: a command's result was acknowledged that this client has "
            + "not acknowledged. The client leaves the session and registers another under a new token; the outcome of "
            + "that command is unknown. If no program of yours copies clients' messages, report the error",
            client, session);

    // Akka logs the exception itself, with its trace; this line says what it means.
    public void Broken(Exception reason) =>
        log.Error(
            "raft client {0}: stops after an unexpected error ({1}), rather than go on with doubtful state. "
            + "Calls under way end as not applied or unknown. Start a new client, and report the error",
            client, reason.Message);

    public void StopsWithCalls(int calls) =>
        log.Info(
            "raft client {0}: stops while {1} calls wait; they end as not applied or unknown", client, calls);
}
