<?php

declare(strict_types=1);

namespace App\Command;

// Ibexa 3.3: eZ\Publish\API\Repository\…, and Ibexa\Platform\Contracts\Segmentation\SegmentationServiceInterface.
use Ibexa\Contracts\Core\Repository\PermissionResolver;
use Ibexa\Contracts\Core\Repository\UserService;
use Ibexa\Contracts\Segmentation\SegmentationServiceInterface;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** Which segments of a group a user is in: php bin/console app:user-segments 14 cdp_audiences */
final class UserSegmentsCommand extends Command
{
    private SegmentationServiceInterface $segmentation;

    private UserService $users;

    private PermissionResolver $permissions;

    public function __construct(
        SegmentationServiceInterface $segmentation,
        UserService $users,
        PermissionResolver $permissions
    ) {
        parent::__construct('app:user-segments');
        $this->segmentation = $segmentation;
        $this->users = $users;
        $this->permissions = $permissions;
    }

    protected function configure(): void
    {
        $this->addArgument('user', InputArgument::REQUIRED, 'The id of the user');
        $this->addArgument('group', InputArgument::REQUIRED, 'The identifier of the segment group');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        // Somebody who may read segments.
        $this->permissions->setCurrentUserReference($this->users->loadUserByLogin('admin'));

        $user = $this->users->loadUser((int) $input->getArgument('user'));
        $group = $this->segmentation->loadSegmentGroupByIdentifier((string) $input->getArgument('group'));
        foreach ($this->segmentation->loadSegmentsAssignedToGroup($group) as $segment) {
            if ($this->segmentation->isUserAssignedToSegment($user, $segment)) {
                // Ibexa 5.x: getIdentifier() and getName().
                $output->writeln(sprintf('%s  %s', $segment->identifier, $segment->name));
            }
        }

        return 0;
    }
}
