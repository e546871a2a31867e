namespace RaftAkka.Simulation.Judging;

internal enum Answer { Linearizable, NotLinearizable, Undecided }

/// <summary>
/// Why a history is not linearizable: operations on one key, in the order of their calls, that have no legal
/// order, so that the whole history has none. <c>Refused</c> are failed operations on the key that would have
/// written a value read in this window.
/// </summary>
internal sealed record Violation(
    string Key, IReadOnlyList<Operation> Window, IReadOnlyList<Operation> Refused);

/// <summary>
/// The answer; with the violation exactly where the history is not linearizable, and with the keys whose
/// search did not end within the budget where it is undecided.
/// </summary>
internal sealed record Verdict(
    Answer Answer, int Operations, int Keys, int Clients, long StepsSpent,
    Violation? Violation, IReadOnlyList<string> UndecidedKeys)
{
    public bool IsLinearizable => Answer == Answer.Linearizable;
}
