using System.Text;
using RaftAkka.Client;

namespace RaftAkka.Tests.Examples;

/// <summary>How an attempt to reserve a seat ended.</summary>
public enum Reservation
{
    Confirmed,
    Taken,
    TryAgain,
    AskLater,
}

/// <summary>An application's service over a replicated state machine; it is what the examples test.</summary>
public sealed class TicketDesk(RaftClient cluster)
{
    public async Task<Reservation> ReserveAsync(string seat, string guest)
    {
        try
        {
            var answer = await cluster.ExecuteAsync(Encoding.UTF8.GetBytes($"reserve {seat} {guest}"));
            return Encoding.UTF8.GetString(answer.Span) == "ok" ? Reservation.Confirmed : Reservation.Taken;
        }
        catch (CommandNotAppliedException)
        {
            return Reservation.TryAgain;    // Surely not reserved: trying again cannot reserve twice.
        }
        catch (OutcomeUnknownException)
        {
            return Reservation.AskLater;    // It may be reserved by now, so only a query can tell.
        }
    }
}
