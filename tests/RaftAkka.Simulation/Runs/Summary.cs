using System.Globalization;

namespace RaftAkka.Simulation.Runs;

/// <summary>What many seeds came to.</summary>
internal sealed class Summary(ulong first)
{
    private readonly SortedDictionary<string, long> _faults = new(StringComparer.Ordinal);
    private long _steps;
    private TimeSpan _simulated;
    private TimeSpan _servedAfterMax;
    private long _elections;
    private long _acknowledged;
    private long _unknown;
    private long _compactions;
    private long _installations;
    private long _memberChanges;
    private int _undecided;
    private int _violations;

    public long Seeds { get; private set; }

    public void Add(RunResult result)
    {
        Seeds++;
        _steps += result.Steps;
        _simulated += result.Simulated;
        if (result.ServedAfter > _servedAfterMax) _servedAfterMax = result.ServedAfter;
        _elections += result.Elections;
        _acknowledged += result.Acknowledged;
        _unknown += result.Unknown;
        _compactions += result.Compactions;
        _installations += result.Installations;
        _memberChanges += result.MemberChanges;
        _undecided += result.IsUndecided ? 1 : 0;
        _violations += result.Violations.Count > 0 ? 1 : 0;
        FaultCounts.Add(_faults, result.Faults);
    }

    public string Line(TimeSpan elapsed)
    {
        var faults = string.Join(", ", _faults.Where(fault => fault.Value > 0).Select(fault => $"{fault.Key} {fault.Value}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Seeds} seeds ({first}..{first + (ulong)Seeds - 1}), {_steps} events ({_steps / elapsed.TotalSeconds:F0}/s), "
            + $"{_simulated.TotalSeconds:F0} s simulated ({_simulated / elapsed:F0}x), {_elections} elections, "
            + $"{_acknowledged} commands and queries answered, {_unknown} unknown, {_compactions} compactions, {_installations} "
            + $"snapshots installed, {_memberChanges} changes of membership, {_undecided} histories undecided, "
            + $"served again within {_servedAfterMax.TotalSeconds:F1} s; faults: {faults}; violations: {_violations}");
    }
}
