using RaftAkka.Simulation.Judging;

namespace RaftAkka.Simulation.Runs;

/// <summary>Runs seeds as the command line says.</summary>
internal static class SimulateCommand
{
    private const int WrongArguments = 2;

    /// <returns>The process's exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        CommandLine line;
        try
        {
            if (arguments.Contains("--help")) throw new FormatException("The arguments are:");
            line = CommandLine.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            errors.WriteLine(wrong.Message);
            errors.WriteLine(CommandLine.Usage);
            errors.WriteLine(JudgeCommand.Usage);
            return WrongArguments;
        }

        return new Campaign(line, output, errors).Run();
    }
}
